using Chat.Contracts;
using Chat.Server.Operators;

namespace Chat.Server.Inboxes;

/// <summary>
/// The directory as an immutable snapshot, swapped as a whole: a call sees one state of it, and reading takes no lock. One refresh at a time, so that
/// an older read can never replace a newer one.
/// </summary>
internal sealed class InboxDirectory(InboxStore inboxes, OperatorStore operators, TeamStore teams, TimeProvider time)
    : IInboxDirectory,
        IDisposable
{
    private readonly SemaphoreSlim _refreshing = new(1, 1);

    // Written by the one refresh that holds _refreshing.
    private volatile DirectorySnapshot _snapshot = DirectorySnapshot.Empty;

    public event Action<IReadOnlyCollection<ChangedAccess>>? Changed;

    public IReadOnlyCollection<Inbox> All => _snapshot.ById.Values;

    public Inbox? Find(InboxId id) => _snapshot.ById.GetValueOrDefault(id);

    public Inbox? FindByKey(string key) => _snapshot.ByKey.GetValueOrDefault(key);

    public IReadOnlySet<InboxId> InboxesOf(OperatorId id) => _snapshot.InboxesOf(id);

    public IEnumerable<OperatorProfile> MembersOf(InboxId id)
    {
        var snapshot = _snapshot;
        return snapshot.Members.Where(member => member.Value.Contains(id)).Select(member => snapshot.Operators[member.Key]);
    }

    public IEnumerable<Team> TeamsOf(InboxId id) => _snapshot.Teams.Values.Where(team => team.Inboxes.Contains(id));

    public OperatorProfile? FindOperator(OperatorId id) => _snapshot.Operators.GetValueOrDefault(id);

    public Team? FindTeam(TeamId id) => _snapshot.Teams.GetValueOrDefault(id);

    public async Task RefreshAsync(CancellationToken cancellation)
    {
        await _refreshing.WaitAsync(cancellation);
        try
        {
            await ReadAsync(cancellation);
        }
        finally
        {
            _refreshing.Release();
        }
    }

    /// <summary>For what a caller names and the directory does not know: it may be new. Callers invent names, hence the least age.</summary>
    public async Task RefreshIfOlderAsync(TimeSpan age, CancellationToken cancellation)
    {
        var asked = time.GetTimestamp();
        if (time.GetElapsedTime(_snapshot.ReadAt, asked) < age)
            return;
        await _refreshing.WaitAsync(cancellation);
        try
        {
            // A read that began after this one asked is as good as its own.
            if (time.GetElapsedTime(_snapshot.ReadAt, asked) >= age)
                await ReadAsync(cancellation);
        }
        finally
        {
            _refreshing.Release();
        }
    }

    public void Dispose() => _refreshing.Dispose();

    // What is raised is raised in the order of the reads, because it happens under the lock.
    private async Task ReadAsync(CancellationToken cancellation)
    {
        var readAt = time.GetTimestamp();
        var next = new DirectorySnapshot(
            await inboxes.ListAsync(cancellation),
            await operators.ListAsync(cancellation),
            await operators.ListMembershipsAsync(cancellation),
            await teams.ListAsync(cancellation),
            readAt
        );
        var last = _snapshot;
        _snapshot = next;
        if (!next.SameAs(last))
            Changed?.Invoke(next.ChangedSince(last));
    }
}
