using Chat.Contracts;
using Chat.Server.Bus;
using Chat.Server.Delivery;
using Chat.Server.Storage;

namespace Chat.Server.Presence;

/// <summary>Keeps what operators here were told of visitors true, whether they follow the conversation or watch its inbox.</summary>
internal sealed class VisitorSweep(InboxWatch watch, Connections connections, VisitorPushes pushes, IPresence presence, IEventLog log)
{
    public async Task SweepAsync(CancellationToken cancellation)
    {
        var shown = Shown();
        var visitors = shown.Values.Select(owner => owner.VisitorId.Value).Distinct().ToList();
        if (await presence.LookAsync(visitors, cancellation) is not { } here)
            return;
        var online = shown.Values.Where(owner => here.Contains(owner.VisitorId.Value)).Select(owner => owner.Id).ToHashSet();
        var (came, left) = pushes.Told.Compare(shown.Keys, online);
        pushes.Tell(came.Select(id => shown[id]), online: true);
        pushes.Tell(await GoneAsync(left, cancellation), online: false);
    }

    /// <summary>A socket remembers whose a conversation was before its visitor was identified: of those who seem to be gone the database says whose it is now.</summary>
    private async Task<IReadOnlyList<ConversationOwner>> GoneAsync(IReadOnlyList<ConversationId> left, CancellationToken cancellation)
    {
        if (left.Count == 0)
            return [];
        var owners = await log.FindOwnersAsync(left, Guid.Empty, cancellation);
        var here = await presence.LookAsync([.. owners.Select(owner => owner.VisitorId.Value).Distinct()], cancellation);
        return here is null ? [] : [.. owners.Where(owner => !here.Contains(owner.VisitorId.Value))];
    }

    /// <summary>Conversations that operators here follow or have a row of.</summary>
    private Dictionary<ConversationId, ConversationOwner> Shown()
    {
        var shown = new Dictionary<ConversationId, ConversationOwner>();
        foreach (var @operator in connections.All.Where(connection => connection.Caller.IsOperator))
        {
            foreach (var owner in @operator.Following())
                shown[owner.Id] = owner;
        }
        // Rows know whose it is now, where a socket remembers whose it was before its visitor was identified.
        foreach (var (inbox, watched) in watch.All)
        {
            foreach (var (id, visitor) in watched.Visitors())
                shown[id] = new ConversationOwner(id, inbox, visitor);
        }
        return shown;
    }
}
