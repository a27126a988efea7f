using System.Data.Common;
using Chat.Contracts;
using Dapper;

namespace Chat.Server.Storage;

/// <summary>Rows for operators' lists.</summary>
internal sealed class LogRows(LogSql sql)
{
    public async Task<IReadOnlyList<InboxChange>> ReadAsync(
        DbConnection connection,
        IEnumerable<Guid> conversations,
        CancellationToken cancellation
    )
    {
        var ids = sql.Dialect.Ids(conversations);
        await using var reader = await connection.QueryMultipleAsync(
            new CommandDefinition(
                $"{LogSql.ReadEpoch}; {sql.Conversations}; {sql.LastMessages}",
                new { ids },
                cancellationToken: cancellation
            )
        );
        var epoch = await reader.ReadSingleAsync<int>();
        var rows = await reader.ReadAsync<ConversationRow>();
        var messages = (await reader.ReadAsync<EventRow>()).ToDictionary(m => m.ConversationId);
        return
        [
            .. rows.Select(r => new InboxChange(
                r.InboxId,
                r.ToInboxRow(epoch, messages.TryGetValue(r.Id, out var message) ? ToLastMessage(message) : null)
            )),
        ];
    }

    /// <summary>
    /// Live conversations are few and sorted in memory (an index on last_at would cost every append); closed ones, of which there is no end, come
    /// from their index.
    /// </summary>
    public async Task<RowPage> ListAsync(DbConnection connection, RowQuery query, CancellationToken cancellation)
    {
        var statuses = query.Statuses ?? Enum.GetValues<ConversationStatus>();
        if (statuses.Count == 0)
            return new RowPage([], HasMore: false);
        var live = string.Join(',', statuses.Where(s => s != ConversationStatus.Closed).Select(s => (int)s));
        var filter =
            (query.Assignee is null ? "" : " AND c.assignee = @Assignee") + (query.Visitor is null ? "" : " AND c.visitor_id = @Visitor");
        string After(string column) => query.Before is null ? "" : $" AND ({column}, c.id) < (@LastAt, @Id)";

        var parts = new List<string>(2);
        // One visitor has few, closed or not: his own index, whatever the inbox holds.
        if (query.Visitor is not null)
            parts.Add(
                $"SELECT * FROM (SELECT c.id, c.last_at FROM conversation AS c WHERE {sql.Dialect.Among("c.inbox_id", "inboxes")} "
                    + $"AND c.status IN ({string.Join(',', statuses.Select(s => (int)s))}){filter}{After("c.last_at")} "
                    + "ORDER BY c.last_at DESC, c.id DESC LIMIT @Take) AS v"
            );
        else if (live.Length > 0)
            parts.Add(
                $"SELECT * FROM (SELECT c.id, c.last_at FROM conversation AS c WHERE {sql.Dialect.Among("c.inbox_id", "inboxes")} "
                    + $"AND c.status <> 3 AND c.status IN ({live}){filter}{After("c.last_at")} ORDER BY c.last_at DESC, c.id DESC LIMIT @Take) AS l"
            );
        if (query.Visitor is null && statuses.Contains(ConversationStatus.Closed))
            parts.Add(
                $"SELECT s.id, s.closed_last_at AS last_at FROM {sql.ClosedSource} "
                    + $"AND c.status = 3{filter}{After("c.closed_last_at")} ORDER BY c.closed_last_at DESC, c.id DESC LIMIT @Take) AS s"
            );

        var ids = (
            await connection.QueryAsync<Guid>(
                new CommandDefinition(
                    $"SELECT id FROM ({string.Join(" UNION ALL ", parts)}) AS c ORDER BY last_at DESC, id DESC LIMIT @Take",
                    new
                    {
                        inboxes = sql.Dialect.Ids(query.Inboxes.Select(i => i.Value)),
                        query.Assignee,
                        query.Visitor,
                        query.Before?.LastAt,
                        query.Before?.Id,
                        Take = query.Limit + 1,
                    },
                    cancellationToken: cancellation
                )
            )
        ).AsList();
        var hasMore = ids.Count > query.Limit;
        var page = ids.Take(query.Limit).ToList();
        var rows = (await ReadAsync(connection, page, cancellation)).ToDictionary(r => r.Row.ConversationId.Value);
        return new RowPage([.. page.Where(rows.ContainsKey).Select(id => rows[id])], hasMore);
    }

    private static LastMessage ToLastMessage(EventRow message) =>
        new(message.Seq, (ActorKind)message.ActorKind == ActorKind.Visitor ? Side.Visitor : Side.Operator, Shorten(message.Body));

    /// <summary>The database counts characters, the limit UTF-16 units; a pair of them is not cut apart.</summary>
    public static string? Shorten(string? text)
    {
        if (text is null || text.Length <= Limits.RowTextLength)
            return text;
        var length = char.IsHighSurrogate(text[Limits.RowTextLength - 1]) ? Limits.RowTextLength - 1 : Limits.RowTextLength;
        return text[..length];
    }
}
