using System.Security.Claims;
using Chat.Contracts;
using Chat.Server.Networks;

namespace Chat.Server.Identity;

/// <summary>Who calls, from the claims of his token. Nothing else about a caller is ever trusted.</summary>
/// <param name="Kind">Visitor or operator.</param>
/// <param name="Id">His id.</param>
/// <param name="Name">Display name, if known.</param>
/// <param name="Role">Of an operator.</param>
/// <param name="InboxId">Of a visitor.</param>
/// <param name="ExpiresAt">When the token ends.</param>
internal sealed record Caller(ActorKind Kind, Guid Id, string? Name, OperatorRole Role, InboxId InboxId, DateTimeOffset ExpiresAt)
{
    /// <summary>The sign-in or device that the token was made for: its family of refresh tokens.</summary>
    public Guid? Session { get; init; }

    /// <summary>Of an operator: ends with the account's, see <see cref="Inboxes.OperatorProfile"/>.</summary>
    public Guid SecurityStamp { get; init; }

    /// <summary>Of a visitor: a host site has said who it is.</summary>
    public bool IsIdentified => IdentityKey is not null;

    /// <summary>Not of the token: where the call comes from, when it counts in the budgets of a network.</summary>
    public Network? Network { get; init; }

    /// <summary>Name of the key that signed the token.</summary>
    public string? SignedWith { get; init; }

    /// <summary>Of a visitor: what he came with.</summary>
    public CallerDevice? Device { get; init; }

    /// <summary>Of an identified visitor: the host site's key that vouched for him, see <see cref="InboxKey"/>.</summary>
    public Guid? IdentityKey { get; init; }

    /// <summary>The page that calls, where the call says so.</summary>
    public CallerPage? Page { get; init; }

    /// <summary>The caller as an event's author.</summary>
    public Actor Actor { get; } = new(Kind, Id, Name);

    public VisitorId VisitorId => new(Id);

    public OperatorId OperatorId => new(Id);

    public bool IsOperator => Kind == ActorKind.Operator;

    /// <summary>Who makes a request; null when he has no token of ours.</summary>
    public static Caller? From(HttpContext context) =>
        From(context.User) is { } caller ? caller with { Page = context.Features.Get<CallerPage>() } : null;

    /// <summary>Null when the principal is not one of ours.</summary>
    public static Caller? From(ClaimsPrincipal? principal)
    {
        if (principal?.Identity is not ClaimsIdentity { IsAuthenticated: true } identity)
            return null;
        if (!Guid.TryParse(identity.FindFirst(ClaimNames.Subject)?.Value, out var id))
            return null;
        if (!long.TryParse(identity.FindFirst(ClaimNames.Expires)?.Value, out var expires))
            return null;
        var expiresAt = DateTimeOffset.FromUnixTimeSeconds(expires);
        var name = identity.FindFirst(ClaimNames.Name)?.Value;
        Guid? session = Guid.TryParse(identity.FindFirst(ClaimNames.Session)?.Value, out var family) ? family : null;
        var kid = identity.FindFirst(ClaimNames.SignedWith)?.Value;
        return identity.FindFirst(ClaimNames.Kind)?.Value switch
        {
            ClaimNames.Visitor when Guid.TryParse(identity.FindFirst(ClaimNames.Inbox)?.Value, out var inbox) => new Caller(
                ActorKind.Visitor,
                id,
                name,
                default,
                new InboxId(inbox),
                expiresAt
            )
            {
                Session = session,
                SignedWith = kid,
                Device = CallerDevice.From(identity),
                IdentityKey = Guid.TryParse(identity.FindFirst(ClaimNames.IdentityKey)?.Value, out var key) ? key : null,
            },
            ClaimNames.Operator when Enum.TryParse<OperatorRole>(identity.FindFirst(ClaimNames.Role)?.Value, out var role) => new Caller(
                ActorKind.Operator,
                id,
                name,
                role,
                default,
                expiresAt
            )
            {
                Session = session,
                SignedWith = kid,
                SecurityStamp = Guid.TryParse(identity.FindFirst(ClaimNames.SecurityStamp)?.Value, out var stamp) ? stamp : Guid.Empty,
            },
            _ => null,
        };
    }
}

/// <summary>The page that makes a call.</summary>
/// <param name="Origin">As its browser says it; null: no browser.</param>
/// <param name="IsOwn">It is one of ours.</param>
internal sealed record CallerPage(string? Origin, bool IsOwn);

/// <summary>What a visitor's session was opened with.</summary>
/// <param name="Id">The device's id, kept by the client's storage.</param>
/// <param name="Browser">Name and main version, where the client says it.</param>
/// <param name="Os">Name, where the client says it.</param>
/// <param name="Locale">BCP 47 tag.</param>
internal sealed record CallerDevice(Guid Id, string? Browser, string? Os, string? Locale)
{
    public static CallerDevice? From(ClaimsIdentity identity) =>
        Guid.TryParse(identity.FindFirst(ClaimNames.Device)?.Value, out var id)
            ? new CallerDevice(
                id,
                identity.FindFirst(ClaimNames.Browser)?.Value,
                identity.FindFirst(ClaimNames.Os)?.Value,
                identity.FindFirst(ClaimNames.Locale)?.Value
            )
            : null;
}

/// <summary>Names of the claims in our own access tokens.</summary>
internal static class ClaimNames
{
    public const string Subject = "sub";
    public const string Name = "name";
    public const string Expires = "exp";
    public const string Kind = "kind";
    public const string Role = "role";
    public const string Inbox = "inbox";
    public const string Session = "sid";
    public const string SecurityStamp = "stamp";
    public const string IdentityKey = "ikey";

    /// <summary>Not in the token but in its header: put beside the claims when it was verified.</summary>
    public const string SignedWith = "kid";
    public const string Device = "device";
    public const string Browser = "browser";
    public const string Os = "os";
    public const string Locale = "locale";
    public const string Visitor = "visitor";
    public const string Operator = "operator";
}

/// <summary>Names of the authorisation policies.</summary>
internal static class Policies
{
    public const string Visitor = "visitor";
    public const string Operator = "operator";
    public const string Admin = "admin";
}
