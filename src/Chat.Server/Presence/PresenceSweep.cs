using Chat.Contracts;
using Chat.Server.Bus;
using Chat.Server.Delivery;

namespace Chat.Server.Presence;

/// <summary>
/// Keeps what watchers were told of visitors true: a node that died said nothing, and a message of the bus may be lost. Each node compares what it told its
/// watchers with the leases, and tells what differs.
/// </summary>
internal sealed class PresenceSweep(InboxWatch watch, IPresence presence, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            foreach (var watched in watch.All)
                await SweepAsync(watched, stoppingToken);
        }
    }

    private async Task SweepAsync(WatchedInbox watched, CancellationToken cancellation)
    {
        var known = watched.Visitors();
        var here = await presence.OnlineAsync([.. known.Select(row => row.Visitor.Id.Value).Distinct()], cancellation);
        var online = known.Where(row => here.Contains(row.Visitor.Id.Value)).Select(row => row.Id).ToHashSet();
        var (came, left) = watched.ComparePresence(known.Select(row => row.Id), online);
        var faces = known.ToDictionary(row => row.Id, row => row.Visitor);
        watched.PushPresence([
            .. came.Select(id => Notice(id, faces[id], online: true)),
            .. left.Select(id => Notice(id, faces[id], online: false)),
        ]);
    }

    private static VisitorNotice Notice(ConversationId id, VisitorFace visitor, bool online)
    {
        var actor = new Actor(ActorKind.Visitor, visitor.Id.Value, visitor.Name);
        var notice = new Ephemeral(id, EphemeralType.Presence, actor, Limits.OnlineTtlMs, Online: online);
        return new VisitorNotice(id, online, Frame.Of(Push.Ephemeral, notice, ChatJson.Wire.Ephemeral));
    }
}
