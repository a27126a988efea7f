using System.Security.Cryptography;
using System.Text;
using Chat.Contracts;
using Chat.Server.Inboxes;
using Chat.Server.Messages;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Chat.Server.Identity;

/// <summary>Whom a host site says its visitor to be.</summary>
internal sealed record HostIdentity(string Subject, string? Name);

/// <summary>Identity tokens of host sites: short-lived JWTs, signed with a key of the inbox.</summary>
internal sealed class IdentityTokens(KeyStore keys, TimeProvider time)
{
    public const int SubjectLength = 255;

    private const int MaxLength = 8 * 1024;
    private static readonly TimeSpan MaxLife = TimeSpan.FromMinutes(10);

    // Host sites' clocks are not ours.
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(30);

    private static readonly JsonWebTokenHandler Handler = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = MaxLength };

    /// <summary>Null for anything but a valid token for this inbox.</summary>
    public async Task<HostIdentity?> ValidateAsync(Inbox inbox, string token, CancellationToken cancellation)
    {
        if (token.Length > MaxLength || TryRead(token) is not { } jwt || !TextRules.IsText(jwt.Kid, MaxLength, lines: false))
            return null;
        if (await keys.FindInboxKeyAsync(inbox.Id, jwt.Kid, cancellation) is not { } key)
            return null;

        using var owned = OpenKey(key.Algorithm, key.Material, out var securityKey);
        // Cached verifiers would outlive a key that was taken away, and the native key freed below.
        securityKey.CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false };
        var rules = new TokenValidationParameters
        {
            ValidAlgorithms = [key.Algorithm],
            IssuerSigningKey = securityKey,
            ValidAudience = inbox.Key,
            ValidateIssuer = false,
            LifetimeValidator = (notBefore, expires, _, _) => IsTimely(notBefore, expires),
        };
        var result = await Handler.ValidateTokenAsync(jwt, rules);
        if (!result.IsValid || !IsPast(jwt.IssuedAt) || jwt.Subject is not { Length: > 0 and <= SubjectLength } subject)
            return null;
        return new HostIdentity(subject, NameOf(jwt));
    }

    /// <summary>What is wrong with a key that an administrator gives, or null. HS256: the secret's UTF-8 bytes; RS256, ES256: a public key in PEM.</summary>
    public static string? FindFault(string algorithm, byte[] material)
    {
        if (algorithm is not (SecurityAlgorithms.HmacSha256 or SecurityAlgorithms.RsaSha256 or SecurityAlgorithms.EcdsaSha256))
            return "The algorithm must be HS256, RS256 or ES256.";
        if (algorithm == SecurityAlgorithms.HmacSha256)
            return material.Length >= 32 ? null : "An HS256 secret must have at least 32 bytes.";
        try
        {
            using var owned = OpenKey(algorithm, material, out var key);
            return (algorithm, key.KeySize) switch
            {
                (SecurityAlgorithms.RsaSha256, < 2048) => "An RS256 key must have at least 2048 bits.",
                (SecurityAlgorithms.EcdsaSha256, not 256) => "An ES256 key must be of the curve P-256.",
                _ => null,
            };
        }
        catch (Exception exception) when (exception is ArgumentException or CryptographicException)
        {
            return "The key must be a public key in PEM.";
        }
    }

    private static IDisposable? OpenKey(string algorithm, byte[] material, out SecurityKey key)
    {
        switch (algorithm)
        {
            case SecurityAlgorithms.RsaSha256:
                var rsa = RSA.Create();
                rsa.ImportFromPem(Encoding.UTF8.GetString(material));
                key = new RsaSecurityKey(rsa);
                return rsa;
            case SecurityAlgorithms.EcdsaSha256:
                var curve = ECDsa.Create();
                curve.ImportFromPem(Encoding.UTF8.GetString(material));
                key = new ECDsaSecurityKey(curve);
                return curve;
            default:
                key = new SymmetricSecurityKey(material);
                return null;
        }
    }

    private static JsonWebToken? TryRead(string token)
    {
        try
        {
            return new JsonWebToken(token);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    // A token without exp is no short-lived token; one that lives longer than ten minutes would make a stolen one worth keeping.
    private bool IsTimely(DateTime? notBefore, DateTime? expires)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return expires > now - Skew && expires <= now + MaxLife + Skew && (notBefore is null || notBefore <= now + Skew);
    }

    // The library's word for "no iat" is the smallest date.
    private bool IsPast(DateTime issuedAt) => issuedAt <= (time.GetUtcNow() + Skew).UtcDateTime;

    private static string? NameOf(JsonWebToken jwt)
    {
        if (!jwt.TryGetPayloadValue<string>(ClaimNames.Name, out var name) || string.IsNullOrWhiteSpace(name))
            return null;
        name = name.Trim();
        // Not between the halves of a surrogate pair.
        if (name.Length > Limits.NameLength)
            name = name[..(char.IsHighSurrogate(name[Limits.NameLength - 1]) ? Limits.NameLength - 1 : Limits.NameLength)];
        // A host site's name that is no name costs the visitor his name and not his session.
        return TextRules.Name(name).Value;
    }
}
