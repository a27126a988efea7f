using System.Data.Common;
using Chat.Contracts;
using Dapper;

namespace Chat.Server.Storage.Reading;

/// <summary>
/// Pages of the log. Seqs have no holes, so that every page is a range known before it is read: two round trips for any number of pages. What is read
/// is bounded in bytes, and a page that is shorter for it says that there is more.
/// </summary>
internal sealed class LogPages(LogSql sql)
{
    /// <summary>An answer for each ask, as <see cref="IEventLog.ReadPagesAsync(PagesAsk, CancellationToken)"/> says.</summary>
    public async Task<IReadOnlyList<IReadOnlyList<ConversationPage>>> ReadAsync(
        DbConnection connection,
        IReadOnlyList<PagesAsk> asks,
        CancellationToken cancellation
    )
    {
        int epoch;
        Dictionary<ConversationId, ConversationRow> rows;
        ILookup<ConversationId, SideCursor> sides;
        await using (
            var reader = await connection.QueryMultipleAsync(
                new CommandDefinition(
                    $"{LogSql.ReadEpoch}; {sql.Conversations}; {sql.Cursors}",
                    new { ids = Ids(asks), staff = Ids(asks.Where(ask => !ask.IsVisitors)) },
                    cancellationToken: cancellation
                )
            )
        )
        {
            epoch = await reader.ReadSingleAsync<int>();
            rows = (await reader.ReadAsync<ConversationRow>()).ToDictionary(r => r.Id);
            sides = (await reader.ReadAsync<CursorRow>()).ToLookup(r => r.ConversationId, r => r.ToSideCursor());
        }

        var plans = asks.Select(ask => PagePlan.Of(ask, epoch, rows)).ToList();
        await ReadEventsAsync(connection, plans, asks, epoch, cancellation);
        return plans.ConvertAll<IReadOnlyList<ConversationPage>>(pages => pages.ConvertAll(page => page.ToPage(epoch, sides)));
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
                    room = ReadBytes.History,
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

    private object Ids(IEnumerable<PagesAsk> asks) =>
        sql.Dialect.Ids(asks.SelectMany(ask => ask.Cursors).Select(cursor => cursor.ConversationId.Value).Distinct());

    /// <summary>Gives every planned page its events.</summary>
    private async Task ReadEventsAsync(
        DbConnection connection,
        List<List<PagePlan>> plans,
        IReadOnlyList<PagesAsk> asks,
        int epoch,
        CancellationToken cancellation
    )
    {
        var pages = plans
            .SelectMany((ask, number) => ask.Where(page => page.Count > 0).Select(page => (Page: page, Ask: number)))
            .ToArray();
        if (pages.Length == 0)
            return;
        object parameters = ReferenceEquals(sql, LogSql.Postgres)
            ? new
            {
                ids = Array.ConvertAll(pages, p => p.Page.Id.Value),
                first = Array.ConvertAll(pages, p => p.Page.First),
                last = Array.ConvertAll(pages, p => p.Page.Last),
                way = Array.ConvertAll(pages, p => p.Page.Way),
                room = Array.ConvertAll(pages, p => p.Page.Room),
                ask = Array.ConvertAll(pages, p => p.Ask),
                most = Array.ConvertAll(pages, p => asks[p.Ask].MostBytes),
            }
            : new { ranges = $"[{string.Join(',', pages.Select(p => p.Page.ToJson(p.Ask, asks[p.Ask].MostBytes)))}]" };
        foreach (
            var row in await connection.QueryAsync<EventRow>(new CommandDefinition(sql.Ranges, parameters, cancellationToken: cancellation))
        )
            pages[row.Range].Page.Events.Add(row.ToEvent(epoch));
    }
}
