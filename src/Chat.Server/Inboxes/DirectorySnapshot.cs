using System.Collections.Frozen;
using Chat.Contracts;
using Chat.Server.Operators;

namespace Chat.Server.Inboxes;

/// <summary>One state of the directory, and what got lost between two.</summary>
internal sealed class DirectorySnapshot
{
    // What the snapshot was made of, as text in the stores' order: two reads of the same rows give the same.
    private readonly string _content;

    public DirectorySnapshot(
        IReadOnlyList<Inbox> inboxes,
        IReadOnlyList<OperatorAccount> accounts,
        IReadOnlyList<(OperatorId Operator, InboxId Inbox)> memberships,
        IReadOnlyList<Team> teams,
        long readAt
    )
    {
        ReadAt = readAt;
        var enabled = accounts.Where(account => !account.Disabled).ToList();
        ById = inboxes.ToFrozenDictionary(inbox => inbox.Id);
        ByKey = inboxes.ToFrozenDictionary(inbox => inbox.Key, StringComparer.Ordinal);
        Operators = enabled.ToFrozenDictionary(account => account.OperatorId, account => account.Profile);
        Teams = teams.ToFrozenDictionary(team => team.Id);
        Members = memberships
            .Where(membership => Operators.ContainsKey(membership.Operator))
            .GroupBy(membership => membership.Operator, membership => membership.Inbox)
            .ToFrozenDictionary(group => group.Key, group => group.ToFrozenSet());
        _content = string.Join(
            '\n',
            inboxes
                .Select(inbox =>
                    $"{inbox with { Origins = [], Setup = InboxSetup.Default }} {string.Join(' ', inbox.Origins)} {string.Join(' ', inbox.IdentityKeys.Order())} {InboxStore.Write(inbox.Setup)}"
                )
                .Concat(enabled.Select(account => $"{account.Profile}"))
                .Concat(memberships.Select(membership => $"{membership.Operator} {membership.Inbox}"))
                .Concat(teams.Select(team => $"{team.Id} {team.Name} {string.Join(' ', team.Members)} / {string.Join(' ', team.Inboxes)}"))
        );
    }

    public static DirectorySnapshot Empty { get; } = new([], [], [], [], 0);

    /// <summary>Timestamp of the time provider from before the read.</summary>
    public long ReadAt { get; }

    public FrozenDictionary<InboxId, Inbox> ById { get; }

    public FrozenDictionary<string, Inbox> ByKey { get; }

    public FrozenDictionary<OperatorId, OperatorProfile> Operators { get; }

    public FrozenDictionary<OperatorId, FrozenSet<InboxId>> Members { get; }

    public FrozenDictionary<TeamId, Team> Teams { get; }

    public IReadOnlySet<InboxId> InboxesOf(OperatorId id) => Members.GetValueOrDefault(id, FrozenSet<InboxId>.Empty);

    public bool SameAs(DirectorySnapshot other) => string.Equals(_content, other._content, StringComparison.Ordinal);

    /// <summary>
    /// Operators who had other rights before: the account, the role, inboxes, or sessions (another security stamp). With more of them, too, they connect anew: only then
    /// do they hear of the inbox.
    /// </summary>
    public IReadOnlyCollection<ChangedAccess> ChangedSince(DirectorySnapshot before) =>
        [
            .. before
                .Operators.Values.Where(was => HasOther(was, before) || Operators[was.Id].SecurityStamp != was.SecurityStamp)
                .Select(was => new ChangedAccess(
                    was.Id,
                    HasOther(was, before) ? null : Operators[was.Id].SecurityStamp,
                    before.InboxesOf(was.Id)
                )),
        ];

    private bool HasOther(OperatorProfile was, DirectorySnapshot before) =>
        !Operators.TryGetValue(was.Id, out var now) || now.Role != was.Role || !before.InboxesOf(was.Id).SetEquals(InboxesOf(was.Id));
}
