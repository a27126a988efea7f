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

    // A storm beyond this is dropped: leases end by themselves, and what clients were told too.
    private readonly Channel<Func<CancellationToken, Task>> _work = Channel.CreateBounded<Func<CancellationToken, Task>>(
        new BoundedChannelOptions(10_000) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true }
    );

    public PresenceTracker(IPresence presence, Connections connections, EphemeralService ephemerals, TimeProvider time)
    {
        _presence = presence;
        _connections = connections;
        _ephemerals = ephemerals;
        _time = time;
        connections.LastLeft += Left;
    }

    /// <summary>After a Hello: his conversations are known now.</summary>
    public void Arrived(ClientConnection connection)
    {
        var (actor, conversations) = (connection.Caller.Actor, Ids(connection));
        Enqueue(async cancellation =>
        {
            await _presence.RenewAsync([actor.Id!.Value], cancellation);
            Announce(actor, conversations, online: true);
        });
    }

    /// <summary>Tells an operator who opens a conversation whether its visitor is here.</summary>
    public void Tell(ClientConnection @operator, Conversation conversation) =>
        Enqueue(async cancellation =>
        {
            var visitor = conversation.Visitor;
            var online = await _presence.OnlineAsync([visitor.Id.Value], cancellation);
            var actor = new Actor(ActorKind.Visitor, visitor.Id.Value, visitor.Name);
            EphemeralService.TellPresence(@operator, conversation.Id, actor, online.Count > 0);
        });

    private void Left(ClientConnection connection)
    {
        var (actor, conversations) = (connection.Caller.Actor, Ids(connection));
        Enqueue(async cancellation =>
        {
            if (!await _presence.ReleaseAsync(actor.Id!.Value, cancellation))
                Announce(actor, conversations, online: false);
        });
    }

    private static ConversationId[] Ids(ClientConnection connection) => [.. connection.Following().Select(owner => owner.Id)];

    private void Announce(Actor actor, ConversationId[] conversations, bool online)
    {
        if (actor.Kind != ActorKind.Visitor)
            return;
        foreach (var conversation in conversations)
            _ephemerals.Presence(conversation, actor, online);
    }

    private void Enqueue(Func<CancellationToken, Task> work) => _work.Writer.TryWrite(work);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(RenewAsync(stoppingToken), WorkAsync(stoppingToken));

    private async Task RenewAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Renewal, _time);
        while (await timer.WaitForNextTickAsync(cancellation))
            await _presence.RenewAsync(_connections.Users, cancellation);
    }

    private async Task WorkAsync(CancellationToken cancellation)
    {
        await foreach (var work in _work.Reader.ReadAllAsync(cancellation))
            await work(cancellation);
    }
}
