using Chat.Contracts;
using Chat.Server.Storage;
using Dapper;

namespace Chat.Server.CannedReplies;

/// <summary>A canned reply with whose it is: an operator's own, or shared by an inbox (no owner).</summary>
internal sealed record StoredReply
{
    public CannedReplyId Id { get; init; }

    public OperatorId? OperatorId { get; init; }

    public InboxId? InboxId { get; init; }

    public string Shortcut { get; init; } = "";

    public string Title { get; init; } = "";

    public string Body { get; init; } = "";

    public bool IsShared => OperatorId is null;

    public CannedReply ToReply() => new(Id, Shortcut, Title, Body, IsShared, InboxId);
}

/// <summary>What became of storing a reply.</summary>
internal enum ReplyStored
{
    Ok,

    /// <summary>The shortcut is taken.</summary>
    Taken,

    /// <summary>The owner has as many as he may have.</summary>
    Full,
}

/// <summary>Canned replies.</summary>
internal sealed class CannedReplyStore(IDatabase database)
{
    private const string Columns = "SELECT id, operator_id, inbox_id, shortcut, title, body FROM canned_reply";

    /// <summary>His own, and the shared ones of these inboxes; by shortcut.</summary>
    public Task<IReadOnlyList<StoredReply>> ListAsync(OperatorId owner, IEnumerable<InboxId> inboxes, CancellationToken cancellation) =>
        database.ReadAsync<IReadOnlyList<StoredReply>>(
            async connection =>
                (
                    await connection.QueryAsync<StoredReply>(
                        $"""
                        {Columns} WHERE operator_id = @owner OR (operator_id IS NULL AND {database.Dialect.Among("inbox_id", "inboxes")})
                        ORDER BY shortcut, id
                        """,
                        new { owner, inboxes = database.Dialect.Ids(inboxes.Select(inbox => inbox.Value)) }
                    )
                ).AsList(),
            cancellation
        );

    public Task<StoredReply?> FindAsync(CannedReplyId id, CancellationToken cancellation) =>
        database.ReadAsync(
            connection => connection.QuerySingleOrDefaultAsync<StoredReply>($"{Columns} WHERE id = @id", new { id }),
            cancellation
        );

    public Task<ReplyStored> AddAsync(StoredReply reply, CancellationToken cancellation) =>
        database.WriteAsync(
            async transaction =>
            {
                var connection = transaction.Connection!;
                var count = reply.IsShared
                    ? "SELECT count(*) FROM canned_reply WHERE operator_id IS NULL AND inbox_id = @InboxId"
                    : "SELECT count(*) FROM canned_reply WHERE operator_id = @OperatorId";
                if (await connection.ExecuteScalarAsync<long>(count, reply, transaction) >= Limits.CannedReplies)
                    return ReplyStored.Full;
                var added = await connection.ExecuteAsync(
                    """
                    INSERT INTO canned_reply (id, operator_id, inbox_id, shortcut, title, body)
                    VALUES (@Id, @OperatorId, @InboxId, @Shortcut, @Title, @Body) ON CONFLICT DO NOTHING
                    """,
                    reply,
                    transaction
                );
                return added == 1 ? ReplyStored.Ok : ReplyStored.Taken;
            },
            cancellation
        );

    /// <summary>
    /// Gives a stored reply this content. The shortcut is looked for before: a unique index would end the transaction of one database and not that of
    /// the other. Of two at once that the look misses, the index still refuses one.
    /// </summary>
    public Task<ReplyStored> ReplaceAsync(StoredReply reply, CancellationToken cancellation) =>
        database.WriteAsync(
            async transaction =>
            {
                var connection = transaction.Connection!;
                var owner = reply.IsShared ? "operator_id IS NULL AND inbox_id = @InboxId" : "operator_id = @OperatorId";
                var taken = await connection.ExecuteScalarAsync<long>(
                    $"SELECT count(*) FROM canned_reply WHERE {owner} AND shortcut = @Shortcut AND id <> @Id",
                    reply,
                    transaction
                );
                if (taken > 0)
                    return ReplyStored.Taken;
                await connection.ExecuteAsync(
                    "UPDATE canned_reply SET inbox_id = @InboxId, shortcut = @Shortcut, title = @Title, body = @Body WHERE id = @Id",
                    reply,
                    transaction
                );
                return ReplyStored.Ok;
            },
            cancellation
        );

    public Task RemoveAsync(CannedReplyId id, CancellationToken cancellation) =>
        database.WriteAsync(
            transaction => transaction.Connection!.ExecuteAsync("DELETE FROM canned_reply WHERE id = @id", new { id }, transaction),
            cancellation
        );
}
