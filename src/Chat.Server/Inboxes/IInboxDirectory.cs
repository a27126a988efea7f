using System.Collections.Frozen;
using Chat.Contracts;
using Chat.Server.Identity;

namespace Chat.Server.Inboxes;

/// <summary>
/// What every call needs to know of inboxes and members, in memory: read at start, re-read every 15 s and when the bus says that something changed.
/// </summary>
internal interface IInboxDirectory
{
    Inbox? Find(InboxId id);

    Inbox? FindByKey(string key);

    IReadOnlyCollection<Inbox> All { get; }

    /// <summary>The inboxes an operator is a member of; empty for an unknown or disabled operator.</summary>
    IReadOnlySet<InboxId> InboxesOf(OperatorId id);

    /// <summary>The enabled operators who are members of an inbox, in no order.</summary>
    IEnumerable<OperatorProfile> MembersOf(InboxId id);

    /// <summary>The teams of an inbox, in no order.</summary>
    IEnumerable<Team> TeamsOf(InboxId id);

    /// <summary>An enabled operator, or null.</summary>
    OperatorProfile? FindOperator(OperatorId id);

    /// <summary>A team, or null.</summary>
    Team? FindTeam(TeamId id);

    /// <summary>Reads everything again, now.</summary>
    Task RefreshAsync(CancellationToken cancellation);

    /// <summary>Raised after a refresh that changed something, with operators whose inboxes, role, account or sessions are others now.</summary>
    event Action<IReadOnlyCollection<ChangedAccess>>? Changed;
}

/// <summary>Authors as they are called now.</summary>
internal static class Authors
{
    /// <summary>The caller as an event's author. An operator's token outlives a change of their name by minutes.</summary>
    public static Actor ActorOf(this IInboxDirectory directory, Caller caller) =>
        caller.IsOperator && directory.FindOperator(caller.OperatorId) is { } now && now.Name != caller.Name
            ? caller.Actor with
            {
                Name = now.Name,
            }
            : caller.Actor;
}

/// <summary>One website, app or brand.</summary>
internal sealed record Inbox
{
    public required InboxId Id { get; init; }

    /// <summary>Public key, in the host page's snippet.</summary>
    public required string Key { get; init; }

    public required string Name { get; init; }

    /// <summary>Origins of the host pages, scheme://host[:port], exact.</summary>
    public IReadOnlyList<string> Origins { get; init; } = [];

    /// <summary>Whether connections without an Origin (native apps) are accepted.</summary>
    public bool AllowNativeApps { get; init; }

    /// <summary>Ids of the keys with which its host site says who its visitors are, see <see cref="Identity.InboxKey"/>.</summary>
    public IReadOnlySet<Guid> IdentityKeys { get; init; } = FrozenSet<Guid>.Empty;

    /// <summary>Days after closing within which the visitor's message reopens a conversation.</summary>
    public int ReopenDays { get; init; } = 7;

    /// <summary>Conversations that are not closed and that a visitor may have opened.</summary>
    public int OpenConversations { get; init; } = Limits.OpenConversations;

    /// <summary>Whether operators see what a visitor types before it is sent.</summary>
    public bool AllowPreview { get; init; }

    /// <summary>What its widget shows.</summary>
    public InboxSetup Setup { get; init; } = InboxSetup.Default;
}

/// <summary>An operator as the directory knows him.</summary>
/// <param name="Id">His id.</param>
/// <param name="Name">Display name.</param>
/// <param name="Avatar">Address of a picture.</param>
/// <param name="Role">What they may do.</param>
/// <param name="SecurityStamp">Part of every session and token of his; another one ends them.</param>
internal sealed record OperatorProfile(OperatorId Id, string Name, string? Avatar, OperatorRole Role, Guid SecurityStamp)
{
    public OperatorFace Face => new(Id, Name, Avatar);
}

/// <summary>An operator who had other rights before.</summary>
/// <param name="Operator">Who.</param>
/// <param name="Kept">The security stamp whose sockets may stay, when only older sessions ended; null when none may.</param>
/// <param name="Before">The inboxes that were theirs.</param>
internal readonly record struct ChangedAccess(OperatorId Operator, Guid? Kept, IReadOnlySet<InboxId> Before);

/// <summary>A team with its members and inboxes.</summary>
internal sealed record Team(TeamId Id, string Name, IReadOnlySet<InboxId> Inboxes, IReadOnlySet<OperatorId> Members)
{
    public TeamFace Face => new(Id, Name);
}
