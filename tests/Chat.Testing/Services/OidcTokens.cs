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
    public string Sign(string issuer, DateTimeOffset now, string subject, string email, OidcToken token) =>
        token switch
        {
            OidcToken.OtherAudience => Sign(issuer, now, subject, email, audience: "another-app"),
            OidcToken.Expired => Sign(issuer, now, subject, email, age: TimeSpan.FromMinutes(10)),
            OidcToken.Unverified => Sign(issuer, now, subject, email, verified: false),
            _ => Sign(issuer, now, subject, email),
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
        TimeSpan? age = null
    )
    {
        var issuedAt = (now - (age ?? TimeSpan.Zero)).UtcDateTime;
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(
            new SecurityTokenDescriptor
            {
                Issuer = issuer,
                Audience = audience,
                IssuedAt = issuedAt,
                Expires = issuedAt.AddMinutes(5),
                Claims = new Dictionary<string, object>(StringComparer.Ordinal)
                {
                    ["sub"] = subject,
                    ["email"] = email,
                    ["email_verified"] = verified ?? true,
                },
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
