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
        StoreAsync(
            reply,
            """
            INSERT INTO canned_reply (id, operator_id, inbox_id, shortcut, title, body)
            VALUES (@Id, @OperatorId, @InboxId, @Shortcut, @Title, @Body)
            """,
            cancellation
        );

    /// <summary>Gives a stored reply this content.</summary>
    public Task<ReplyStored> ReplaceAsync(StoredReply reply, CancellationToken cancellation) =>
        StoreAsync(
            reply,
            "UPDATE canned_reply SET inbox_id = @InboxId, shortcut = @Shortcut, title = @Title, body = @Body WHERE id = @Id",
            cancellation
        );

    /// <summary>
    /// One after the other for each owner, so that what is counted still holds when it is stored: a unique index would end the transaction of one database and
    /// not that of the other.
    /// </summary>
    private Task<ReplyStored> StoreAsync(StoredReply reply, string statement, CancellationToken cancellation) =>
        database.WriteAsync(
            async transaction =>
            {
                var connection = transaction.Connection!;
                var owner = $"{reply.OperatorId?.Value ?? reply.InboxId?.Value}";
                await connection.ExecuteAsync(database.Dialect.OneByOne("owner"), new { owner }, transaction);
                var others =
                    "FROM canned_reply WHERE id <> @Id AND "
                    + (reply.IsShared ? "operator_id IS NULL AND inbox_id = @InboxId" : "operator_id = @OperatorId");
                if (await connection.ExecuteScalarAsync<long>($"SELECT count(*) {others}", reply, transaction) >= Limits.CannedReplies)
                    return ReplyStored.Full;
                if (await connection.ExecuteScalarAsync<long>($"SELECT count(*) {others} AND shortcut = @Shortcut", reply, transaction) > 0)
                    return ReplyStored.Taken;
                await connection.ExecuteAsync(statement, reply, transaction);
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
