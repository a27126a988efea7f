using System.Data.Common;
using Chat.Contracts;
using Dapper;

namespace Chat.Server.Storage;

/// <summary>Pages of the log. Seqs have no holes, so that every page is a range known before it is read: two round trips for any number of pages.</summary>
internal sealed class LogPages(LogSql sql)
{
    /// <summary>An answer for each ask, as <see cref="IEventLog.ReadPagesAsync"/> says.</summary>
    public async Task<IReadOnlyList<IReadOnlyList<ConversationPage>>> ReadAsync(
        DbConnection connection,
        IReadOnlyList<PagesAsk> asks,
        CancellationToken cancellation
    )
    {
        var conversations = asks.SelectMany(ask => ask.Cursors).Select(cursor => cursor.ConversationId.Value).Distinct();
        int epoch;
        Dictionary<ConversationId, ConversationRow> rows;
        ILookup<ConversationId, SideCursor> sides;
        await using (
            var reader = await connection.QueryMultipleAsync(
                new CommandDefinition(
                    $"{LogSql.ReadEpoch}; {sql.Conversations}; {sql.Cursors}",
                    new { ids = sql.Dialect.Ids(conversations) },
                    cancellationToken: cancellation
                )
            )
        )
        {
            epoch = await reader.ReadSingleAsync<int>();
            rows = (await reader.ReadAsync<ConversationRow>()).ToDictionary(r => r.Id);
            sides = (await reader.ReadAsync<CursorRow>()).ToLookup(r => r.ConversationId, r => r.ToSideCursor());
        }

        var plans = asks.Select(ask => Plan(ask, epoch, rows)).ToList();
        var events = await ReadEventsAsync(connection, plans.SelectMany(pages => pages).Select(page => page.Range), epoch, cancellation);
        return plans.ConvertAll<IReadOnlyList<ConversationPage>>(pages =>
            pages.ConvertAll(page => new ConversationPage
            {
                Conversation = page.Row.ToConversation(),
                Epoch = epoch,
                Events = events.GetValueOrDefault(page.Range, []),
                Seq = page.Row.LastSeq,
                HasMore = page.Newest ? page.Range.First > 1 : page.Range.Last < page.Row.LastSeq,
                Reset = page.Reset,
                Cursors = [.. sides[page.Row.Id]],
            })
        );
    }

    public async Task<HistoryResult> ReadHistoryAsync(
        DbConnection connection,
        ConversationId id,
        int? before,
        int? after,
        int limit,
        CancellationToken cancellation
    )
    {
        // Both bounds together: the oldest after the one, up to the other.
        var last = before is { } b ? Math.Max(b, 1) - 1 : int.MaxValue;
        await using var reader = await connection.QueryMultipleAsync(
            new CommandDefinition(
                $"{(after is null ? sql.Newest : sql.Oldest)}; {sql.Head}",
                new
                {
                    id,
                    after = after ?? 0,
                    last,
                    limit,
                },
                cancellationToken: cancellation
            )
        );
        // In this order: the head is that of the moment after, so that no event is ahead of it.
        var rows = await reader.ReadAsync<EventRow>();
        var (epoch, head) = await reader.ReadSingleAsync<(int, int)>();
        ChatEvent[] events = [.. rows.Select(row => row.ToEvent(epoch))];
        if (after is null)
            Array.Reverse(events);
        var hasMore = after is null ? events is [{ Seq: > 1 }, ..] : after + events.Length < Math.Min(head, last);
        return new HistoryResult(epoch, events, hasMore);
    }

    /// <summary>The pages of one ask; unknown conversations are left out.</summary>
    private static List<PlannedPage> Plan(PagesAsk ask, int epoch, Dictionary<ConversationId, ConversationRow> rows)
    {
        var pages = new List<PlannedPage>(ask.Cursors.Count);
        foreach (var cursor in ask.Cursors.DistinctBy(c => c.ConversationId))
        {
            if (!rows.TryGetValue(cursor.ConversationId, out var row))
                continue;
            var reset = cursor.Seq > 0 && (cursor.Epoch != epoch || cursor.Seq > row.LastSeq);
            var newest = reset || cursor.Seq <= 0;
            var first = newest ? Math.Max(1, row.LastSeq - ask.Limit + 1) : cursor.Seq + 1;
            pages.Add(new PlannedPage(row, new SeqRange(row.Id, first, Math.Min(row.LastSeq, first + ask.Limit - 1)), reset, newest));
        }
        return pages;
    }

    /// <summary>The events of each range, oldest first; one that several ask for is read once.</summary>
    private async Task<Dictionary<SeqRange, IReadOnlyList<ChatEvent>>> ReadEventsAsync(
        DbConnection connection,
        IEnumerable<SeqRange> asked,
        int epoch,
        CancellationToken cancellation
    )
    {
        var ranges = asked.Where(range => range.First <= range.Last).Distinct().ToArray();
        if (ranges.Length == 0)
            return [];
        object parameters = ReferenceEquals(sql, LogSql.Postgres)
            ? new
            {
                ids = Array.ConvertAll(ranges, r => r.Id.Value),
                first = Array.ConvertAll(ranges, r => r.First),
                last = Array.ConvertAll(ranges, r => r.Last),
                limit = ranges.Max(r => r.Last - r.First + 1),
            }
            : new { ranges = "[" + string.Join(',', ranges.Select(r => $"[\"{r.Id}\",{r.First},{r.Last}]")) + "]" };
        var rows = await connection.QueryAsync<EventRow>(new CommandDefinition(sql.Ranges, parameters, cancellationToken: cancellation));
        return rows.GroupBy(row => ranges[row.Range])
            .ToDictionary(group => group.Key, IReadOnlyList<ChatEvent> (group) => [.. group.Select(row => row.ToEvent(epoch))]);
    }

    private sealed record PlannedPage(ConversationRow Row, SeqRange Range, bool Reset, bool Newest);

    private readonly record struct SeqRange(ConversationId Id, int First, int Last);
}

/// <summary>What one reader asks for: a page after each cursor, of at most so many events.</summary>
internal readonly record struct PagesAsk(IReadOnlyList<Cursor> Cursors, int Limit);

/// <summary>A row of <c>cursor</c>.</summary>
internal sealed record CursorRow
{
    public ConversationId ConversationId { get; init; }
    public int Side { get; init; }
    public Guid OperatorId { get; init; }
    public int DeliveredSeq { get; init; }
    public int ReadSeq { get; init; }

    private OperatorId? Operator => OperatorId == Guid.Empty ? null : new OperatorId(OperatorId);

    public SideCursor ToSideCursor() => new((Side)Side, Operator, DeliveredSeq, ReadSeq);

    public CursorMoved ToMoved() => new(ConversationId, (Side)Side, Operator, DeliveredSeq, ReadSeq);
}
