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

    // Ours have some 400 characters; the rest is not worth parsing.
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

    public AccessToken ForVisitor(VisitorId visitor, InboxId inbox, string? name) =>
        Mint(visitor.Value, ClaimNames.Visitor, name, ClaimNames.Inbox, inbox.ToString());

    public AccessToken ForOperator(OperatorProfile profile) =>
        Mint(profile.Id.Value, ClaimNames.Operator, profile.Name, ClaimNames.Role, profile.Role.ToString());

    /// <summary>
    /// The key is chosen by its name and fixes the algorithm: nothing that the token says about itself decides how it is checked.
    /// </summary>
    public async Task<TokenValidationResult> ValidateAsync(string token, CancellationToken cancellation)
    {
        if (token.Length > MaxLength || TryRead(token) is not { Kid.Length: > 0 } jwt)
            return Refused;
        if (await keys.FindAsync(jwt.Kid, cancellation) is not { } key)
            return Refused;
        return await Handler.ValidateTokenAsync(jwt, Rules(key));
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

    private AccessToken Mint(Guid subject, string kind, string? name, string extra, string value)
    {
        // Whole seconds, as in the token, so that the client learns exactly when it ends.
        var expires = DateTimeOffset.FromUnixTimeSeconds((time.GetUtcNow() + options.Value.AccessTokenLife).ToUnixTimeSeconds());
        var claims = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            [ClaimNames.Subject] = subject.ToString(),
            [ClaimNames.Kind] = kind,
            [extra] = value,
        };
        if (name is not null)
            claims[ClaimNames.Name] = name;
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
