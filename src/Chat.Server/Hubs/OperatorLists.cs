using Chat.Contracts;
using Chat.Server.Bus;
using Chat.Server.Conversations;
using Chat.Server.Delivery;
using Chat.Server.Identity;
using Chat.Server.Observability;
using Chat.Server.Storage;

namespace Chat.Server.Hubs;

/// <summary>The lists that an operator watches.</summary>
internal sealed class OperatorLists(
    IEventLog log,
    Access access,
    InboxWatch watch,
    OwnReads reads,
    IPresence presence,
    VisitorPushes visitors
)
{
    /// <summary>Follows first, notes the heads second, reads the rows third: what changes meanwhile is pushed.</summary>
    public async Task<Outcome<WatchResult>> WatchAsync(
        Caller caller,
        Watch request,
        ClientConnection connection,
        CancellationToken cancellation
    )
    {
        var inboxes = request.Inboxes.Distinct().ToList();
        if (inboxes.Count > Limits.WatchInboxes)
            return Refusal.Of("inboxes", FieldFault.OutOfRange);
        if (!inboxes.TrueForAll(inbox => access.MaySee(caller, inbox)))
            return ErrorCode.NotFound;
        watch.Follow(connection, inboxes);
        if (inboxes.Count == 0)
            return new WatchResult([], false, []);
        watch.Start(await log.ReadOpenHeadsAsync(inboxes, cancellation));

        var rows = new List<InboxRow>();
        var hasMore = false;
        foreach (var inbox in inboxes)
        {
            var first = await log.ReadWaitingAsync(inbox, caller.OperatorId, Limits.WatchRows, cancellation);
            watch.Given(inbox, first.Rows);
            rows.AddRange(first.Rows.Select(row => row with { InboxId = inbox }));
            hasMore |= first.HasMore;
        }
        if (hasMore)
            ChatMetrics.ListsCut.Add(1);
        var own = await reads.AddAsync(caller.OperatorId, rows, cancellation);
        var online = await OnlineAsync(rows, cancellation);
        foreach (var id in online)
            visitors.Told.Note(id, online: true);
        return new WatchResult(own, hasMore, online);
    }

    /// <summary>Never less than the others here were told: what differs is then told to all of them alike.</summary>
    private async Task<IReadOnlyList<ConversationId>> OnlineAsync(List<InboxRow> rows, CancellationToken cancellation)
    {
        var online = await presence.OnlineAsync([.. rows.Select(row => row.Visitor.Id.Value).Distinct()], cancellation);
        var shown = rows.Where(row => online.Contains(row.Visitor.Id.Value) || visitors.Told.IsOnline(row.ConversationId));
        return [.. shown.Select(row => row.ConversationId)];
    }
}
