using Chat.Contracts;

namespace Chat.Client;

/// <summary>Asks for the rows of inboxes: the first ones with <c>Watch</c>, and where more are wanted page by page what follows.</summary>
internal sealed class RowPages(ClientParts parts, int rowsPerInbox, TimeProvider time)
{
    /// <summary>Follows the lists and takes the first rows.</summary>
    public async Task BeginAsync(
        ILink link,
        WatchAsk ask,
        RowList list,
        IReadOnlyList<InboxId> inboxes,
        CancellationToken cancellationToken
    )
    {
        list.BeginWatch();
        var answer = await link.AskAsync<WatchResult>(nameof(IOperatorHub.Watch), new Watch(inboxes), time, cancellationToken);
        list.Apply(answer.Rows);
        ask.Unfinished = answer.HasMore ? [.. inboxes.Where(inbox => IsFull(answer.Rows, inbox))] : [];
        if (ask.Unfinished.Count == 0 || rowsPerInbox <= Limits.WatchRows)
            list.EndWatch(answer.HasMore);
    }

    /// <summary>Fetches what is wanted beyond them.</summary>
    /// <param name="link">As long as it lasts.</param>
    /// <param name="ask">What was asked for.</param>
    /// <param name="list">Where the rows go.</param>
    /// <param name="isWanted">Whether nobody has asked for other lists since.</param>
    public async Task FinishAsync(ILink link, WatchAsk ask, RowList list, Func<bool> isWanted)
    {
        var unfinished = rowsPerInbox > Limits.WatchRows ? ask.Unfinished : [];
        ask.Unfinished = [];
        var hasMore = false;
        foreach (var inbox in unfinished)
            hasMore |= await FetchAsync(inbox, link, list, isWanted);
        if (link.Ended.IsCompleted)
            return;
        if (unfinished.Count > 0 && isWanted())
            list.EndWatch(hasMore);
        ask.Done.TrySetResult();
    }

    private static bool IsFull(IReadOnlyList<InboxRow> rows, InboxId inbox) => rows.Count(row => row.InboxId == inbox) >= Limits.WatchRows;

    /// <summary>Whether there is more than is wanted.</summary>
    private async Task<bool> FetchAsync(InboxId inbox, ILink link, RowList list, Func<bool> isWanted)
    {
        var query = new ConversationQuery
        {
            Inboxes = [inbox],
            Statuses = [ConversationStatus.Queued, ConversationStatus.Open, ConversationStatus.Snoozed],
            Limit = Limits.ListPage,
        };
        string? cursor = null;
        var count = 0;
        do
        {
            if (!isWanted() || await PageAsync(query, cursor, link) is not { } page || link.Ended.IsCompleted)
                return false;
            list.Apply(page.Rows.Select(change => change.Row with { InboxId = change.InboxId }));
            (cursor, count) = (page.Next, count + page.Rows.Count);
        } while (cursor is not null && count < rowsPerInbox);
        return cursor is not null;
    }

    /// <summary>Asks until there is an answer; null when the connection has ended, since the next one begins anew.</summary>
    private async Task<ConversationList?> PageAsync(ConversationQuery query, string? cursor, ILink link)
    {
        var backoff = new Backoff(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(10));
        while (!link.Ended.IsCompleted)
        {
            try
            {
                return await parts.RestAsync<ConversationList>(
                    HttpMethod.Get,
                    RestRoutes.List(query, cursor),
                    null,
                    CancellationToken.None
                );
            }
            catch (ChatException e) when (e.Retryable)
            {
                await Task.WhenAny(link.Ended, Task.Delay(e.RetryAfter ?? backoff.Next(), time));
            }
        }
        return null;
    }
}
