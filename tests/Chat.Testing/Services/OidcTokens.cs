using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Chat.Testing.Services;

/// <summary>What an ID token is like.</summary>
public enum OidcToken
{
    Good,
    OtherAudience,
    Expired,
    Unverified,
}

/// <summary>The provider's key, and ID tokens signed with it.</summary>
public sealed class OidcTokens : IDisposable
{
    private const string KeyId = "p1";

    public RSA Key { get; } = RSA.Create(2048);

    /// <summary>One as a sign-in gives it.</summary>
    public string Sign(string issuer, DateTimeOffset now, string subject, string email, OidcToken token, string? nonce = null) =>
        token switch
        {
            OidcToken.OtherAudience => Sign(issuer, now, subject, email, audience: "another-app", nonce: nonce),
            OidcToken.Expired => Sign(issuer, now, subject, email, age: TimeSpan.FromMinutes(10), nonce: nonce),
            OidcToken.Unverified => Sign(issuer, now, subject, email, verified: false, nonce: nonce),
            _ => Sign(issuer, now, subject, email, nonce: nonce),
        };

    /// <summary>One of five minutes, with whatever is to be wrong with it.</summary>
    public string Sign(
        string issuer,
        DateTimeOffset now,
        string subject,
        string email,
        object? verified = null,
        string audience = IdentityProvider.ClientId,
        SigningCredentials? credentials = null,
        TimeSpan? age = null,
        string? nonce = null,
        IDictionary<string, object>? headers = null
    )
    {
        var issuedAt = (now - (age ?? TimeSpan.Zero)).UtcDateTime;
        var claims = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["sub"] = subject,
            ["email"] = email,
            ["email_verified"] = verified ?? true,
            // No two are the same, however fast they come.
            ["jti"] = Guid.NewGuid().ToString(),
        };
        if (nonce is not null)
            claims["nonce"] = nonce;
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(
            new SecurityTokenDescriptor
            {
                AdditionalHeaderClaims = headers,
                Issuer = issuer,
                Audience = audience,
                IssuedAt = issuedAt,
                Expires = issuedAt.AddMinutes(5),
                Claims = claims,
                SigningCredentials = credentials ?? new(new RsaSecurityKey(Key) { KeyId = KeyId }, SecurityAlgorithms.RsaSha256),
            }
        );
    }

    /// <summary>As a key set has it.</summary>
    public object PublicKey()
    {
        var key = Key.ExportParameters(false);
        return new
        {
            kty = "RSA",
            use = "sig",
            kid = KeyId,
            n = Base64UrlEncoder.Encode(key.Modulus),
            e = Base64UrlEncoder.Encode(key.Exponent),
        };
    }

    public void Dispose() => Key.Dispose();
}
