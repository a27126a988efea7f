using System.Collections.Frozen;
using Chat.Contracts;

namespace Chat.Server.Visitors;

/// <summary>
/// Who is kept out, in memory: asked at every session and call. Read at start, every 15 s, and when the bus says that something changed. Blocked ones are
/// few; an anonymous one's device cannot become a new visitor, an identified one's may, since others use it too.
/// </summary>
internal sealed class VisitorBlocks(BlockStore store) : IDisposable
{
    private readonly SemaphoreSlim _refreshing = new(1, 1);

    // Written by the one refresh that holds _refreshing.
    private volatile Snapshot _snapshot = new([]);

    /// <summary>After every refresh: all who are kept out.</summary>
    public event Action<IReadOnlyCollection<VisitorId>>? Read;

    public bool IsBlocked(VisitorId visitor) => _snapshot.Visitors.Contains(visitor);

    public bool IsBlocked(InboxId inbox, Guid device) => _snapshot.Devices.Contains((inbox, device));

    public async Task RefreshAsync(CancellationToken cancellation)
    {
        await _refreshing.WaitAsync(cancellation);
        try
        {
            _snapshot = new Snapshot(await store.ReadAsync(cancellation));
        }
        finally
        {
            _refreshing.Release();
        }
        Read?.Invoke(_snapshot.Visitors);
    }

    public void Dispose() => _refreshing.Dispose();

    private sealed class Snapshot(IReadOnlyList<BlockedVisitor> blocked)
    {
        public FrozenSet<VisitorId> Visitors { get; } = blocked.Select(visitor => visitor.Id).ToFrozenSet();

        public FrozenSet<(InboxId, Guid)> Devices { get; } =
            blocked
                .Where(visitor => visitor is { Subject: null, DeviceId: not null })
                .Select(visitor => (visitor.InboxId, visitor.DeviceId!.Value))
                .ToFrozenSet();
    }
}
