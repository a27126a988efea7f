using System.Security.Cryptography;
using System.Text;
using Chat.Contracts;
using Chat.Server.Inboxes;
using Chat.Server.Messages;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Chat.Server.Identity;

/// <summary>Whom a host site says its visitor to be.</summary>
/// <param name="Subject">The host site's id of him.</param>
/// <param name="Name">Display name.</param>
/// <param name="Key">The key that vouches for it, see <see cref="InboxKey"/>.</param>
internal sealed record HostIdentity(string Subject, string? Name, Guid Key);

/// <summary>Identity tokens of host sites: short-lived JWTs, signed with a key of the inbox.</summary>
internal sealed class IdentityTokens(KeyStore keys, TimeProvider time)
{
    /// <summary>Subjects stay as the host site writes them: they are its ids. What one line may not have is refused.</summary>
    public const int SubjectLength = 255;

    private const int KidLength = 255;
    private const int MaxLength = 8 * 1024;
    private static readonly TimeSpan MaxLife = TimeSpan.FromMinutes(10);

    // Host sites' clocks are not ours.
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(30);

    private static readonly JsonWebTokenHandler Handler = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = MaxLength };

    /// <summary>
    /// Refused for anything but a valid token for this inbox. Why, is said only of a token whose signature is good: its author holds a key of the inbox, and
    /// to everybody else all that is wrong is the same.
    /// </summary>
    public async Task<Outcome<HostIdentity>> ValidateAsync(Inbox inbox, string token, CancellationToken cancellation)
    {
        if (
            token.Length > MaxLength
            || TryRead(token) is not { } jwt
            || !JwtHeaders.ArePlain(jwt)
            || !TextRules.IsText(jwt.Kid, KidLength, lines: false)
        )
            return ErrorCode.Unauthenticated;
        if (await keys.FindInboxKeyAsync(inbox.Id, jwt.Kid, cancellation) is not { } key || !await IsSignedAsync(jwt, key))
            return ErrorCode.Unauthenticated;
        if (FindFault(jwt, inbox) is { } fault)
            return fault;
        return new HostIdentity(jwt.Subject, NameOf(jwt), key.Id);
    }

    /// <summary>The signature alone; what the token says is for <see cref="FindFault(JsonWebToken, Inbox)"/>.</summary>
    private static async Task<bool> IsSignedAsync(JsonWebToken jwt, InboxKey key)
    {
        using var owned = OpenKey(key.Algorithm, key.Material, out var securityKey);
        // Cached verifiers would outlive a key that was taken away, and the native key freed below.
        securityKey.CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false };
        var rules = new TokenValidationParameters
        {
            ValidAlgorithms = [key.Algorithm],
            IssuerSigningKey = securityKey,
            RequireSignedTokens = true,
            ValidateAudience = false,
            ValidateIssuer = false,
            ValidateLifetime = false,
        };
        return (await Handler.ValidateTokenAsync(jwt, rules)).IsValid;
    }

    /// <summary>The first claim that breaks a rule; null: none does.</summary>
    private Refusal? FindFault(JsonWebToken jwt, Inbox inbox)
    {
        var now = time.GetUtcNow().UtcDateTime;
        if (!jwt.Audiences.Contains(inbox.Key, StringComparer.Ordinal))
            return Claim("aud", FieldFault.Unknown, $"aud must be the inbox's key, {inbox.Key}.");
        // A token without exp is no short-lived token. The library's word for a time that is absent is the smallest date.
        if (jwt.ValidTo == DateTime.MinValue)
            return Claim("exp", FieldFault.Required, "exp must be there, in seconds.");
        if (jwt.ValidTo <= now - Skew)
            return Claim("exp", FieldFault.OutOfRange, $"exp is over: it says {jwt.ValidTo:u}, and here it is {now:u}.");
        // One that lives longer than ten minutes would make a stolen one worth keeping.
        if (jwt.ValidTo > now + MaxLife + Skew)
            return Claim(
                "exp",
                FieldFault.OutOfRange,
                $"exp is at most 10 minutes ahead: it says {jwt.ValidTo:u}, and here it is {now:u}."
            );
        if (jwt.ValidFrom > now + Skew)
            return Claim("nbf", FieldFault.OutOfRange, $"nbf is still to come: it says {jwt.ValidFrom:u}, and here it is {now:u}.");
        if (jwt.IssuedAt > now + Skew)
            return Claim("iat", FieldFault.OutOfRange, $"iat is still to come: it says {jwt.IssuedAt:u}, and here it is {now:u}.");
        if (string.IsNullOrEmpty(jwt.Subject))
            return Claim("sub", FieldFault.Required, "sub must be the host site's id of the visitor.");
        return TextRules.IsText(jwt.Subject, SubjectLength, lines: false)
            ? null
            : Claim("sub", FieldFault.Malformed, $"sub must have 1 to {SubjectLength} characters on one line.");
    }

    private static Refusal Claim(string claim, FieldFault why, string detail) =>
        new(ErrorCode.Unauthenticated, detail, Field: new FieldError($"identityToken.{claim}", why.Code));

    /// <summary>What is wrong with the name of a key, or null.</summary>
    public static Refusal? FindKidFault(string kid) =>
        TextRules.IsText(kid, KidLength, lines: false)
            ? null
            : Refusal.Of("kid", FieldFault.Malformed, $"kid must have 1 to {KidLength} characters on one line.");

    /// <summary>What is wrong with a key that an administrator gives, or null. HS256: the secret's UTF-8 bytes; RS256, ES256: a public key in PEM.</summary>
    public static Refusal? FindFault(string algorithm, byte[] material)
    {
        if (algorithm is not (SecurityAlgorithms.HmacSha256 or SecurityAlgorithms.RsaSha256 or SecurityAlgorithms.EcdsaSha256))
            return Refusal.Of("algorithm", FieldFault.Unknown, "The algorithm must be HS256, RS256 or ES256.");
        // The reader of a PEM would take it and use its public half; whoever gave it has given away what he signs with.
        if (Encoding.UTF8.GetString(material).Contains("PRIVATE KEY-----", StringComparison.Ordinal))
            return Secret(
                FieldFault.NotAllowed,
                "This is a private key: replace it, since it has left its owner, and give the public one."
            );
        return algorithm == SecurityAlgorithms.HmacSha256 ? FindSecretFault(material) : FindPublicKeyFault(algorithm, material);
    }

    private static Refusal? FindSecretFault(byte[] material)
    {
        if (material.Length < 32)
            return Secret(FieldFault.OutOfRange, "An HS256 secret must have at least 32 bytes.");
        // Everybody may know a public key.
        return material.AsSpan().StartsWith("-----BEGIN"u8)
            ? Secret(FieldFault.NotAllowed, "An HS256 secret is no PEM: a public key is for RS256 or ES256.")
            : null;
    }

    private static Refusal? FindPublicKeyFault(string algorithm, byte[] material)
    {
        try
        {
            using var owned = OpenKey(algorithm, material, out var key);
            return (algorithm, key.KeySize) switch
            {
                (SecurityAlgorithms.RsaSha256, < 2048) => Secret(FieldFault.OutOfRange, "An RS256 key must have at least 2048 bits."),
                (SecurityAlgorithms.EcdsaSha256, not 256) => Secret(FieldFault.Malformed, "An ES256 key must be of the curve P-256."),
                _ => null,
            };
        }
        catch (Exception exception) when (exception is ArgumentException or CryptographicException)
        {
            return Secret(FieldFault.Malformed, "The key must be a public key in PEM.");
        }
    }

    private static Refusal Secret(FieldFault why, string detail) => Refusal.Of("secret", why, detail);

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

    private static string? NameOf(JsonWebToken jwt)
    {
        if (!jwt.TryGetPayloadValue<string>(ClaimNames.Name, out var name) || ChatText.IsBlank(name))
            return null;
        name = name.Trim();
        // Not between the halves of a surrogate pair.
        if (name.Length > Limits.NameLength)
            name = name[..(char.IsHighSurrogate(name[Limits.NameLength - 1]) ? Limits.NameLength - 1 : Limits.NameLength)];
        // A host site's name that is no name costs the visitor his name and not his session.
        return TextRules.Name(name).Value;
    }
}
