using System.Security.Claims;
using Chat.Contracts;

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
    /// <summary>The caller as an event's author.</summary>
    public Actor Actor { get; } = new(Kind, Id, Name);

    public VisitorId VisitorId => new(Id);

    public OperatorId OperatorId => new(Id);

    public bool IsOperator => Kind == ActorKind.Operator;

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
        return identity.FindFirst(ClaimNames.Kind)?.Value switch
        {
            ClaimNames.Visitor when Guid.TryParse(identity.FindFirst(ClaimNames.Inbox)?.Value, out var inbox) => new Caller(
                ActorKind.Visitor,
                id,
                name,
                default,
                new InboxId(inbox),
                expiresAt
            ),
            ClaimNames.Operator when Enum.TryParse<OperatorRole>(identity.FindFirst(ClaimNames.Role)?.Value, out var role) => new Caller(
                ActorKind.Operator,
                id,
                name,
                role,
                default,
                expiresAt
            ),
            _ => null,
        };
    }
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
