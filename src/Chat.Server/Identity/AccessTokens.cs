using System.Security.Claims;
using Chat.Contracts;
using Chat.Server.Inboxes;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Chat.Server.Identity;

/// <summary>A fresh access token.</summary>
internal readonly record struct AccessToken(string Text, DateTimeOffset ExpiresAt);

/// <summary>Our own JWTs: minted at the session endpoints, checked once for each connection and REST call.</summary>
internal sealed class AccessTokens(SigningKeys keys, IOptions<IdentityOptions> options, TimeProvider time)
{
    public const string Audience = "chat";

    // Ours have some 600 characters; the rest is not worth parsing.
    private const int MaxLength = 2_048;

    private static readonly JsonWebTokenHandler Handler = new()
    {
        MapInboundClaims = false,
        SetDefaultTimesOnTokenCreation = false,
        MaximumTokenSizeInBytes = MaxLength,
    };

    private static readonly TokenValidationResult Refused = new()
    {
        IsValid = false,
        Exception = new SecurityTokenInvalidSignatureException("Not a token of this service."),
    };

    /// <param name="visitor">Whose.</param>
    /// <param name="inbox">The one inbox that it is good for.</param>
    /// <param name="name">Display name, if known.</param>
    /// <param name="session">Its family of refresh tokens.</param>
    /// <param name="device">What he came with.</param>
    /// <param name="identityKey">The host site's key that vouched for him.</param>
    public AccessToken ForVisitor(
        VisitorId visitor,
        InboxId inbox,
        string? name,
        Guid? session = null,
        CallerDevice? device = null,
        Guid? identityKey = null
    )
    {
        var claims = Claims(visitor.Value, ClaimNames.Visitor, name, session);
        claims[ClaimNames.Inbox] = inbox.ToString();
        Add(claims, ClaimNames.IdentityKey, identityKey?.ToString());
        Add(claims, ClaimNames.Device, device?.Id.ToString());
        Add(claims, ClaimNames.Browser, device?.Browser);
        Add(claims, ClaimNames.Os, device?.Os);
        Add(claims, ClaimNames.Locale, device?.Locale);
        return Mint(claims);
    }

    public AccessToken ForOperator(OperatorProfile profile, Guid? session = null)
    {
        var claims = Claims(profile.Id.Value, ClaimNames.Operator, profile.Name, session);
        claims[ClaimNames.Role] = profile.Role.ToString();
        claims[ClaimNames.SecurityStamp] = profile.SecurityStamp.ToString();
        return Mint(claims);
    }

    /// <summary>
    /// The key is chosen by its name and fixes the algorithm: nothing that the token says about itself decides how it is checked.
    /// </summary>
    public async Task<TokenValidationResult> ValidateAsync(string token, CancellationToken cancellation)
    {
        if (token.Length > MaxLength || TryRead(token) is not { Kid.Length: > 0 } jwt || !JwtHeaders.ArePlain(jwt))
            return Refused;
        if (await keys.FindAsync(jwt.Kid, cancellation) is not { } key)
            return Refused;
        var result = await Handler.ValidateTokenAsync(jwt, Rules(key));
        if (result.IsValid)
            result.ClaimsIdentity.AddClaim(new Claim(ClaimNames.SignedWith, jwt.Kid));
        return result;
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

    private static Dictionary<string, object> Claims(Guid subject, string kind, string? name, Guid? session)
    {
        var claims = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            [ClaimNames.Subject] = subject.ToString(),
            [ClaimNames.Kind] = kind,
        };
        Add(claims, ClaimNames.Name, name);
        Add(claims, ClaimNames.Session, session?.ToString());
        return claims;
    }

    private static void Add(Dictionary<string, object> claims, string name, string? value)
    {
        if (value is not null)
            claims[name] = value;
    }

    private AccessToken Mint(Dictionary<string, object> claims)
    {
        // Whole seconds, as in the token, so that the client learns exactly when it ends.
        var expires = DateTimeOffset.FromUnixTimeSeconds((time.GetUtcNow() + options.Value.AccessTokenLife).ToUnixTimeSeconds());
        var text = Handler.CreateToken(
            new SecurityTokenDescriptor
            {
                Audience = Audience,
                Claims = claims,
                Expires = expires.UtcDateTime,
                SigningCredentials = keys.Current,
            }
        );
        return new AccessToken(text, expires);
    }

    private TokenValidationParameters Rules(SecurityKey key) =>
        new()
        {
            ValidAlgorithms = [SigningKeys.Algorithm],
            IssuerSigningKey = key,
            ValidAudience = Audience,
            ValidateIssuer = false,
            NameClaimType = ClaimNames.Name,
            RoleClaimType = ClaimNames.Role,
            LifetimeValidator = (_, expires, _, _) => expires > time.GetUtcNow().UtcDateTime,
        };
}
