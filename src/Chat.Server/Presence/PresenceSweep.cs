using Chat.Contracts;
using Chat.Server.Bus;
using Chat.Server.Delivery;
using Chat.Server.Storage;

namespace Chat.Server.Presence;

/// <summary>Keeps what operators here were told of visitors true, whether they follow the conversation or watch its inbox.</summary>
internal sealed class PresenceSweep(InboxWatch watch, Connections connections, VisitorPushes pushes, IPresence presence, TimeProvider time)
    : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await SweepAsync(stoppingToken);
    }

    internal async Task SweepAsync(CancellationToken cancellation)
    {
        var shown = Shown();
        var here = await presence.OnlineAsync([.. shown.Values.Select(owner => owner.VisitorId.Value).Distinct()], cancellation);
        var online = shown.Values.Where(owner => here.Contains(owner.VisitorId.Value)).Select(owner => owner.Id).ToHashSet();
        var (came, left) = pushes.Told.Compare(shown.Keys, online);
        pushes.Tell(came.Select(id => shown[id]), online: true);
        pushes.Tell(left.Select(id => shown[id]), online: false);
    }

    /// <summary>Conversations that operators here follow or have a row of.</summary>
    private Dictionary<ConversationId, ConversationOwner> Shown()
    {
        var shown = new Dictionary<ConversationId, ConversationOwner>();
        foreach (var (inbox, watched) in watch.All)
        {
            foreach (var (id, visitor) in watched.Visitors())
                shown[id] = new ConversationOwner(id, inbox, visitor);
        }
        foreach (var @operator in connections.All.Where(connection => connection.Caller.IsOperator))
        {
            foreach (var owner in @operator.Following())
                shown[owner.Id] = owner;
        }
        return shown;
    }
}
