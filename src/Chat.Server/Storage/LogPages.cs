using System.Data.Common;
using Chat.Contracts;
using Dapper;

namespace Chat.Server.Storage;

/// <summary>Pages of the log. Seqs have no holes, so that every page is a range known before it is read: two round trips for any number of pages.</summary>
internal sealed class LogPages(LogSql sql)
{
    public async Task<IReadOnlyList<ConversationPage>> ReadAsync(
        DbConnection connection,
        IReadOnlyList<Cursor> cursors,
        int limit,
        CancellationToken cancellation
    )
    {
        var ids = sql.Dialect.Ids(cursors.Select(c => c.ConversationId.Value));
        int epoch;
        Dictionary<ConversationId, ConversationRow> rows;
        ILookup<ConversationId, SideCursor> sides;
        await using (
            var reader = await connection.QueryMultipleAsync(
                new CommandDefinition(
                    $"{LogSql.ReadEpoch}; {sql.Conversations}; {sql.Cursors}",
                    new { ids },
                    cancellationToken: cancellation
                )
            )
        )
        {
            epoch = await reader.ReadSingleAsync<int>();
            rows = (await reader.ReadAsync<ConversationRow>()).ToDictionary(r => r.Id);
            sides = (await reader.ReadAsync<CursorRow>()).ToLookup(r => r.ConversationId, r => r.ToSideCursor());
        }

        var plans = new List<(ConversationRow Row, SeqRange Range, bool Reset, bool Newest)>(cursors.Count);
        foreach (var cursor in cursors.DistinctBy(c => c.ConversationId))
        {
            if (!rows.TryGetValue(cursor.ConversationId, out var row))
                continue;
            var reset = cursor.Seq > 0 && (cursor.Epoch != epoch || cursor.Seq > row.LastSeq);
            var newest = reset || cursor.Seq <= 0;
            var first = newest ? Math.Max(1, row.LastSeq - limit + 1) : cursor.Seq + 1;
            plans.Add((row, new SeqRange(row.Id, first, Math.Min(row.LastSeq, first + limit - 1)), reset, newest));
        }

        var events = (await ReadEventsAsync(connection, plans.ConvertAll(p => p.Range), limit, cancellation)).ToLookup(e =>
            e.ConversationId
        );
        return plans.ConvertAll(p => new ConversationPage
        {
            Conversation = p.Row.ToConversation(),
            Epoch = epoch,
            Events = [.. events[p.Row.Id].Select(e => e.ToEvent(epoch))],
            Seq = p.Row.LastSeq,
            HasMore = p.Newest ? p.Range.First > 1 : p.Range.Last < p.Row.LastSeq,
            Reset = p.Reset,
            Cursors = [.. sides[p.Row.Id]],
        });
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
        var (epoch, head) = await connection.QuerySingleAsync<(int, int)>(
            new CommandDefinition(
                $"SELECT ({LogSql.ReadEpoch}), coalesce((SELECT last_seq FROM conversation WHERE id = @id), 0)",
                new { id },
                cancellationToken: cancellation
            )
        );
        // Both bounds together: the oldest after the one, up to the other.
        var last = Math.Min(head, before is { } b ? Math.Max(b, 1) - 1 : head);
        var first = Math.Max(1, after is { } a ? Math.Clamp(a, 0, head) + 1 : last - limit + 1);
        var end = Math.Min(last, first + limit - 1);
        var events =
            end < first
                ? []
                : await connection.QueryAsync<EventRow>(
                    new CommandDefinition(
                        sql.Range,
                        new
                        {
                            id,
                            first,
                            last = end,
                            limit,
                        },
                        cancellationToken: cancellation
                    )
                );
        return new HistoryResult(epoch, [.. events.Select(e => e.ToEvent(epoch))], after is null ? first > 1 : end < last);
    }

    private async Task<IEnumerable<EventRow>> ReadEventsAsync(
        DbConnection connection,
        List<SeqRange> ranges,
        int limit,
        CancellationToken cancellation
    )
    {
        ranges.RemoveAll(r => r.Last < r.First);
        if (ranges.Count == 0)
            return [];
        object parameters = ReferenceEquals(sql, LogSql.Postgres)
            ? new
            {
                ids = ranges.Select(r => r.Id.Value).ToArray(),
                first = ranges.Select(r => r.First).ToArray(),
                last = ranges.Select(r => r.Last).ToArray(),
                limit,
            }
            : new { ranges = "[" + string.Join(',', ranges.Select(r => $"[\"{r.Id}\",{r.First},{r.Last}]")) + "]" };
        return await connection.QueryAsync<EventRow>(new CommandDefinition(sql.Ranges, parameters, cancellationToken: cancellation));
    }

    private readonly record struct SeqRange(ConversationId Id, int First, int Last);
}

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
