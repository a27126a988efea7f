using System.Security.Cryptography;
using Chat.Contracts;

namespace Chat.Client;

/// <summary>Asks once, without a connection, what a push is about, and tells the server that this device has it.</summary>
internal sealed class PushReceiver(ClientParts parts)
{
    // Of a conversation that was long away: each brings at least one event, and mostly a hundred.
    private const int MostPages = 20;

    /// <returns>Null: the device is nobody's, or another visitor's by now.</returns>
    public async Task<PushReceipt?> ReceiveAsync(PushMessage push, string links, CancellationToken cancellationToken)
    {
        try
        {
            await parts.LoadAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or OperationCanceledException)
        {
            // Another process has the storage, such as the app itself. What is not shown now is not shown at all: the system wakes an app once.
            return Unfetched(push, links);
        }
        if (!IsOwn(push))
            return null;
        var life = parts.Model.Life;
        try
        {
            await FetchAsync(push, life, cancellationToken);
            return IsOwn(push) ? await ConfirmAsync(push, links, cancellationToken) : null;
        }
        catch (ChatException refusal) when (!refusal.Retryable)
        {
            return null;
        }
        catch (Exception e) when (e is ChatException or IOException or OperationCanceledException)
        {
            return IsOwn(push) ? Unfetched(push, links) : null;
        }
    }

    private bool IsOwn(PushMessage push) =>
        parts.Model.Account.Session is { } session && (push.VisitorId is not { } visitor || visitor == session.VisitorId);

    private async Task FetchAsync(PushMessage push, int life, CancellationToken cancellationToken)
    {
        // The others too, since the badge counts them all.
        var others = parts.Model.Cursors().Select(cursor => cursor.ConversationId).Where(id => !IsFirst(id));
        List<ConversationId> wanted = [push.ConversationId, .. others];
        for (var page = 0; page < MostPages && wanted.Count > 0; page++)
        {
            List<Cursor> asked = [.. wanted.Take(Limits.Cursors).Select(CursorOf)];
            var answer = await parts.RestAsync<SyncResult>(HttpMethod.Post, "sync", new Sync(asked), cancellationToken);
            if (!answer.Conversations.All(each => parts.Model.Apply(each, life)))
                return;
            // What had no room in this answer comes with the next, behind what was not asked for yet.
            var unfinished = answer.Conversations.Where(IsUnfinished).Select(each => each.Conversation.Id).ToList();
            if (unfinished.Count == asked.Count && asked.TrueForAll(cursor => CursorOf(cursor.ConversationId) == cursor))
                return;
            wanted = [.. unfinished.Where(IsFirst), .. wanted.Skip(asked.Count), .. unfinished.Where(id => !IsFirst(id))];
        }

        bool IsFirst(ConversationId id) => id == push.ConversationId;
    }

    private async Task<PushReceipt> ConfirmAsync(PushMessage push, string links, CancellationToken cancellationToken)
    {
        var state = parts.Model.Conversations.Value.GetValueOrDefault(push.ConversationId);
        var read = state?.Cursors.Own.ReadSeq ?? 0;
        var newest = state?.Items.LastOrDefault(item =>
            item is { Type: EventType.Message, Mine: false, Deleted: false, Seq: { } seq } && seq > read
        );
        // What the server has said of the log is believed, and not who has sent a push: from a seq that is not there nothing would count as new again.
        var seq = Math.Max(newest?.Seq ?? 0, Math.Min(push.Seq, state?.Seq ?? push.Seq));
        var mark = new MarkSeq(push.ConversationId, seq);
        await ConfirmAsync(mark, state?.Epoch, cancellationToken);
        await parts.Model.FlushAsync();
        return new PushReceipt
        {
            ConversationId = push.ConversationId,
            Seq = mark.Seq,
            IsNew = newest is not null,
            Title = newest?.Actor.Name,
            Body = newest?.Body ?? "",
            Badge = parts.Model.Unread.Value,
            Link = PushMessage.LinkTo(push.ConversationId, links),
            IsFetched = true,
        };
    }

    private async Task ConfirmAsync(MarkSeq mark, int? epoch, CancellationToken cancellationToken)
    {
        try
        {
            await parts.RestAsync<object?>(HttpMethod.Post, $"conversations/{mark.ConversationId}/delivered", mark, cancellationToken);
            if (parts.Model.Look(mark.ConversationId, held => held?.Log.Epoch) == epoch)
                parts.Model.Update(mark.ConversationId, held => held.MoveOwn(new Marks(mark.Seq, 0)));
        }
        catch (Exception e) when (e is ChatException { Retryable: true } or OperationCanceledException)
        {
            // Said again on the next connection: what the push is about is known.
        }
    }

    private PushReceipt Unfetched(PushMessage push, string links) =>
        new()
        {
            ConversationId = push.ConversationId,
            Seq = push.Seq,
            IsNew = true,
            Title = push.From,
            Body = push.Text,
            Badge = push.Unread + UnreadBeside(push.ConversationId),
            Link = PushMessage.LinkTo(push.ConversationId, links),
            IsFetched = false,
        };

    private int UnreadBeside(ConversationId id) =>
        parts.Model.Unread.Value - (parts.Model.Conversations.Value.GetValueOrDefault(id)?.Unread ?? 0);

    private bool IsUnfinished(ConversationPage page) =>
        page.HasMore && CursorOf(page.Conversation.Id) is var now && now.Epoch == page.Epoch && now.Seq < page.Seq;

    private Cursor CursorOf(ConversationId id) => parts.Model.Look(id, held => held?.Cursor) ?? new Cursor(id, 0, 0);
}
