using System.Data.Common;
using Chat.Contracts;
using Dapper;

namespace Chat.Server.Storage;

/// <summary>
/// Which conversations a list has, in which order. Pages go on after a key that never changes while a conversation belongs to the list: what is written
/// meanwhile moves nothing past the reader.
/// </summary>
internal sealed class LogLists(LogSql sql)
{
    // A queued conversation without a message waits since it was opened; one whose visitor has been answered does not wait.
    private const string Waits = "CASE WHEN c.status = 0 THEN coalesce(c.waiting_since, c.opened_at) ELSE c.waiting_since END";

    /// <summary>
    /// What an operator sees first of an inbox: their own, then the longest waiting, one of each visitor before a second. Sorted in memory: an index on what
    /// appends change would cost every append.
    /// </summary>
    private const string Waiting = $"""
        SELECT id FROM (
            SELECT w.*, row_number() OVER (PARTITION BY w.visitor_id ORDER BY w.waits NULLS LAST, w.last_at DESC, w.id) AS nth
            FROM (
                SELECT c.id, c.visitor_id, c.last_at, CASE WHEN c.assignee = @mine THEN 0 ELSE 1 END AS foreign_one, {Waits} AS waits
                FROM conversation AS c WHERE c.inbox_id = @inbox AND c.status <> 3
            ) AS w
        ) AS ranked
        ORDER BY foreign_one, nth, waits NULLS LAST, last_at DESC, id LIMIT @take
        """;

    private enum Order
    {
        /// <summary>Nothing that is closed: the first of each visitor before the second of any, each the longest open first.</summary>
        LongestOpen,

        /// <summary>Only what is closed: the last closed first.</summary>
        LastClosed,

        /// <summary>Both, or a visitor's: the last opened first.</summary>
        LastOpened,
    }

    public static async Task<(IReadOnlyList<Guid> Ids, bool HasMore)> WaitingAsync(
        DbConnection connection,
        InboxId inbox,
        OperatorId mine,
        int limit,
        CancellationToken cancellation
    )
    {
        var parameters = new
        {
            inbox,
            mine,
            take = limit + 1,
        };
        var ids = await connection.QueryAsync<Guid>(new CommandDefinition(Waiting, parameters, cancellationToken: cancellation));
        var found = ids.AsList();
        return ([.. found.Take(limit)], found.Count > limit);
    }

    /// <summary>A page's conversations, and the key after which the next one begins; null: there is none.</summary>
    public async Task<(IReadOnlyList<Guid> Ids, ListKey? Next)> PageAsync(
        DbConnection connection,
        RowQuery query,
        CancellationToken cancellation
    )
    {
        var order = OrderOf(query);
        var parameters = new
        {
            inboxes = sql.Dialect.Ids(query.Inboxes.Select(inbox => inbox.Value)),
            query.Assignee,
            query.Visitor,
            After = query.After?.Id,
            Rank = order == Order.LongestOpen ? query.After?.Value : null,
            ClosedAt = order == Order.LastClosed && query.After is { } after
                ? new DateTimeOffset(after.Value, TimeSpan.Zero)
                : null as DateTimeOffset?,
            Take = query.Limit + 1,
        };
        var rows = await connection.QueryAsync<ListedRow>(
            new CommandDefinition(Statement(query, order), parameters, cancellationToken: cancellation)
        );
        var found = rows.AsList();
        var page = found.Take(query.Limit).ToList();
        ListKey? next = found.Count > query.Limit ? KeyOf(page[^1], order) : null;
        return ([.. page.Select(row => row.Id)], next);
    }

    /// <summary>The statement of a page, for tests of its plan.</summary>
    internal string Statement(RowQuery query) => Statement(query, OrderOf(query));

    private static Order OrderOf(RowQuery query)
    {
        if (query.Visitor is not null || query.Statuses is null)
            return Order.LastOpened;
        if (!query.Statuses.Contains(ConversationStatus.Closed))
            return Order.LongestOpen;
        return query.Statuses.Count == 1 ? Order.LastClosed : Order.LastOpened;
    }

    private static ListKey KeyOf(ListedRow row, Order order) =>
        new(
            order switch
            {
                Order.LongestOpen => row.OpenRank,
                Order.LastClosed => row.ClosedAt.UtcTicks,
                _ => 0,
            },
            new ConversationId(row.Id)
        );

    /// <summary>Each order has its index, which its conditions and its ORDER BY name as they are there.</summary>
    private string Statement(RowQuery query, Order order)
    {
        var statuses = string.Join(',', (query.Statuses ?? Enum.GetValues<ConversationStatus>()).Select(status => (int)status));
        var filter =
            $" AND c.status IN ({statuses})"
            + (query.Assignee is null ? "" : " AND c.assignee = @Assignee")
            + (query.Visitor is null ? "" : " AND c.visitor_id = @Visitor");
        var (after, by) = order switch
        {
            Order.LongestOpen => ("(c.open_rank, c.id) > (@Rank, @After)", "c.open_rank, c.id"),
            Order.LastClosed => ("(c.closed_at, c.id) < (@ClosedAt, @After)", "c.closed_at DESC, c.id DESC"),
            _ => ("c.id < @After", "c.id DESC"),
        };
        if (query.After is not null)
            filter += $" AND {after}";
        var among = sql.Dialect.Among("c.inbox_id", "inboxes");
        var source = order switch
        {
            // Few, whatever the inbox holds: those that are not closed, and those of one visitor.
            Order.LongestOpen => $"conversation AS c WHERE {among} AND c.status <> 3{filter} ORDER BY {by} LIMIT @Take",
            _ when query.Visitor is not null => $"conversation AS c WHERE {among}{filter} ORDER BY {by} LIMIT @Take",
            Order.LastClosed => $"{sql.OfInboxes} AND c.status = 3{filter} ORDER BY {by} LIMIT @Take) AS c ORDER BY {by} LIMIT @Take",
            _ => $"{sql.OfInboxes}{filter} ORDER BY {by} LIMIT @Take) AS c ORDER BY {by} LIMIT @Take",
        };
        return $"SELECT c.id, c.open_rank, c.closed_at FROM {source}";
    }

    private sealed record ListedRow
    {
        public Guid Id { get; init; }
        public int OpenRank { get; init; }
        public DateTimeOffset ClosedAt { get; init; }
    }
}

/// <summary>Where a page of a list ended: what its order goes by, and the conversation.</summary>
internal readonly record struct ListKey(long Value, ConversationId Id);
