using System.Text.Json.Serialization;

namespace Chat.Contracts;

/// <summary>What an operator may do; each includes the ones before.</summary>
[JsonConverter(typeof(WordConverter<OperatorRole>))]
public enum OperatorRole
{
    /// <summary>Answers conversations of his inboxes.</summary>
    Operator = 0,

    /// <summary>Also takes over, assigns others, deletes anyone's message.</summary>
    Supervisor = 1,

    /// <summary>Also administers inboxes, teams and operators.</summary>
    Admin = 2,
}

/// <summary><c>POST /api/v1/visitor/session</c>.</summary>
/// <param name="Inbox">The inbox's public key.</param>
/// <param name="DeviceId">Random, kept by the client's storage.</param>
/// <param name="IdentityToken">JWT of the host site: <c>kid</c>, <c>aud</c> = inbox key, <c>sub</c>, <c>exp</c> at most 10 minutes ahead.</param>
/// <param name="RefreshToken">Of the session to continue; absent starts a new visitor.</param>
/// <param name="Locale">BCP 47 tag that staff see; absent: the browser's first language.</param>
public sealed record VisitorSessionRequest(
    [property: JsonRequired] string Inbox,
    [property: JsonRequired] Guid DeviceId,
    string? IdentityToken = null,
    string? RefreshToken = null,
    string? Locale = null
);

/// <summary>A visitor's session.</summary>
/// <param name="Token">Access token for hubs and REST.</param>
/// <param name="ExpiresAt">When it ends.</param>
/// <param name="VisitorId">Minted by the server.</param>
/// <param name="RefreshToken">For the next token; replaces the one used, which works until this one is first used.</param>
public sealed record VisitorSession(string Token, DateTimeOffset ExpiresAt, VisitorId VisitorId, string RefreshToken);

/// <summary><c>POST /api/v1/visitor/logout</c>: revokes the device's refresh token.</summary>
/// <param name="RefreshToken">The one to revoke.</param>
public sealed record VisitorLogout([property: JsonRequired] string RefreshToken);

/// <summary><c>POST /api/v1/operator/session</c>: one of password, OIDC token, or (neither) the refresh cookie.</summary>
/// <param name="Email">Account name.</param>
/// <param name="Password">With <paramref name="Email"/>.</param>
/// <param name="NewPassword">Required at the first sign-in: replaces the generated password.</param>
/// <param name="IdToken">Of the configured OpenID Connect authority. Good for one sign-in.</param>
/// <param name="Nonce">With <paramref name="IdToken"/>: what was sent to the authority as <c>nonce</c>. The token must have the same.</param>
public sealed record OperatorSessionRequest(
    string? Email = null,
    string? Password = null,
    string? NewPassword = null,
    string? IdToken = null,
    string? Nonce = null
);

/// <summary>An operator's session; the refresh token is an HttpOnly cookie.</summary>
/// <param name="Token">Access token for hubs and REST.</param>
/// <param name="ExpiresAt">When it ends.</param>
/// <param name="Operator">Who.</param>
/// <param name="Role">What they may do.</param>
/// <param name="MustChangePassword">True: sign in again with <c>newPassword</c>; <paramref name="Token"/> is empty.</param>
public sealed record OperatorSession(
    string Token,
    DateTimeOffset ExpiresAt,
    OperatorFace Operator,
    OperatorRole Role,
    bool MustChangePassword
);
