using System.Threading.Channels;
using Chat.Contracts;
using Chat.Server.Bus;
using Chat.Server.Delivery;

namespace Chat.Server.Presence;

/// <summary>
/// Keeps the leases of everybody who has a socket here, and tells operators when a visitor comes or leaves: leaves only when no other node has him.
/// </summary>
internal sealed class PresenceTracker : BackgroundService
{
    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(15);

    private readonly IPresence _presence;
    private readonly Connections _connections;
    private readonly EphemeralService _ephemerals;
    private readonly TimeProvider _time;

    // A storm of changes beyond this is dropped: leases end by themselves, and clients' ttlMs too.
    private readonly Channel<Change> _changes = Channel.CreateBounded<Change>(
        new BoundedChannelOptions(10_000) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true }
    );

    public PresenceTracker(IPresence presence, Connections connections, EphemeralService ephemerals, TimeProvider time)
    {
        _presence = presence;
        _connections = connections;
        _ephemerals = ephemerals;
        _time = time;
        connections.PresenceChanged += (connection, online) =>
            _changes.Writer.TryWrite(
                new Change(connection.Caller.Actor, online, online ? [] : [.. connection.Following().Select(o => o.Id)])
            );
    }

    /// <summary>A visitor's conversations are known only after his Hello: says there that he is here.</summary>
    public void Greet(Actor visitor, IReadOnlyList<ConversationId> conversations) =>
        _changes.Writer.TryWrite(new Change(visitor, true, conversations));

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(RenewAsync(stoppingToken), ApplyAsync(stoppingToken));

    private async Task RenewAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Renewal, _time);
        while (await timer.WaitForNextTickAsync(cancellation))
            await _presence.RenewAsync(_connections.Users, cancellation);
    }

    private async Task ApplyAsync(CancellationToken cancellation)
    {
        await foreach (var change in _changes.Reader.ReadAllAsync(cancellation))
        {
            var id = change.Actor.Id!.Value;
            if (change.Online)
                await _presence.RenewAsync([id], cancellation);
            else if (await _presence.ReleaseAsync(id, cancellation))
                continue;
            if (change.Actor.Kind != ActorKind.Visitor)
                continue;
            foreach (var conversation in change.Conversations)
                _ephemerals.Presence(conversation, change.Actor, change.Online);
        }
    }

    private sealed record Change(Actor Actor, bool Online, IReadOnlyList<ConversationId> Conversations);
}
