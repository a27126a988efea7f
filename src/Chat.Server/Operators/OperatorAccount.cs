using Chat.Contracts;
using Chat.Server.Inboxes;

namespace Chat.Server.Operators;

/// <summary>An operator with what his sign-in needs. Never leaves the server.</summary>
internal sealed record OperatorAccount
{
    public Guid Id { get; init; }

    public string Email { get; init; } = "";

    public string Name { get; init; } = "";

    public string? Avatar { get; init; }

    public short RoleNumber { get; init; }

    public bool Disabled { get; init; }

    public string? PasswordHash { get; init; }

    /// <summary>The password was generated: he must choose his own.</summary>
    public bool MustChange { get; init; }

    /// <summary>Wrong passwords since the last right one.</summary>
    public int FailedCount { get; init; }

    public DateTimeOffset? LockedUntil { get; init; }

    /// <summary>Part of every session; another one ends them.</summary>
    public Guid SecurityStamp { get; init; }

    /// <summary>Set by the store when the try came while the account was locked.</summary>
    public bool IsLocked { get; init; }

    public OperatorId OperatorId => new(Id);

    public OperatorRole Role => (OperatorRole)RoleNumber;

    public OperatorProfile Profile => new(OperatorId, Name, Avatar, Role, SecurityStamp);
}

/// <summary>What of an operator is to be changed; null stays.</summary>
/// <param name="Name">Display name.</param>
/// <param name="Avatar">Address of a picture; empty: none.</param>
/// <param name="Role">What they may do.</param>
/// <param name="Disabled">Whether they are kept from signing in.</param>
internal sealed record AccountChange(string? Name, string? Avatar, OperatorRole? Role, bool? Disabled)
{
    public OperatorAccount Of(OperatorAccount account) =>
        account with
        {
            Name = Name ?? account.Name,
            Avatar = Avatar is { Length: 0 } ? null : Avatar ?? account.Avatar,
            RoleNumber = (short)(Role ?? account.Role),
            Disabled = Disabled ?? account.Disabled,
        };
}
