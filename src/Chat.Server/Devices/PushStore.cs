using Chat.Server.Storage;
using Dapper;

namespace Chat.Server.Devices;

/// <summary>
/// Pushes that wait. The database's trigger adds them in the transaction of their message. No lock is held during an attempt: whoever takes a push moves its time
/// ahead, so that another node takes it only if this one dies.
/// </summary>
internal sealed class PushStore(IDatabase database, TimeProvider time)
{
    private const string ThisOne = "visitor_id = @VisitorId AND device_id = @DeviceId AND conversation_id = @ConversationId";

    // Rows that another node has taken are not waited for.
    private readonly string _lock = database.Dialect.ForUpdate is { Length: > 0 } forUpdate ? forUpdate + " SKIP LOCKED" : "";

    public Task<IReadOnlyList<DuePush>> TakeDueAsync(int many, TimeSpan lease, CancellationToken cancellation) =>
        database.WriteAsync<IReadOnlyList<DuePush>>(
            async transaction =>
            {
                var now = time.GetUtcNow();
                var due = await transaction.Connection!.QueryAsync<DuePush>(
                    $"""
                    SELECT visitor_id, device_id, conversation_id, seq, first_at, attempts FROM push
                    WHERE dead_at IS NULL AND due_at <= @now ORDER BY due_at LIMIT @many{_lock}
                    """,
                    new { now, many },
                    transaction
                );
                var taken = due.AsList();
                await transaction.Connection!.ExecuteAsync(
                    $"UPDATE push SET due_at = @until WHERE {ThisOne}",
                    taken.Select(push => Keys(push, until: now + lease)),
                    transaction
                );
                return taken;
            },
            cancellation
        );

    /// <summary>The newest message that is still worth a push; null: none is, the device is gone, or its visitor is kept out.</summary>
    public Task<PushText?> ReadAsync(DuePush push, CancellationToken cancellation) =>
        database.ReadAsync(
            connection =>
                connection.QuerySingleOrDefaultAsync<PushText>(
                    """
                    SELECT d.platform, d.token, e.seq, e.body, e.actor_name, (
                        SELECT CAST(count(*) AS int) FROM event o
                        WHERE o.conversation_id = c.id AND o.seq > coalesce(k.read_seq, 0)
                            AND o.type = 1 AND o.audience = 0 AND o.actor_kind = 2 AND o.deleted_seq IS NULL
                    ) AS unread
                    FROM push p
                    JOIN device d ON d.visitor_id = p.visitor_id AND d.device_id = p.device_id
                    JOIN conversation c ON c.id = p.conversation_id AND c.visitor_id = p.visitor_id
                    LEFT JOIN cursor k ON k.conversation_id = c.id AND k.side = 0
                    JOIN event e ON e.conversation_id = c.id
                    WHERE p.visitor_id = @VisitorId AND p.device_id = @DeviceId AND p.conversation_id = @ConversationId
                        AND e.seq >= p.from_seq AND e.seq <= @Seq AND e.seq > coalesce(k.read_seq, 0)
                        AND e.type = 1 AND e.audience = 0 AND e.actor_kind = 2 AND e.deleted_seq IS NULL
                        AND NOT EXISTS (SELECT 1 FROM visitor v WHERE v.id = d.visitor_id AND v.blocked_at IS NOT NULL)
                    ORDER BY e.seq DESC LIMIT 1
                    """,
                    push
                ),
            cancellation
        );

    /// <summary>Over. What has become new meanwhile is due at once.</summary>
    public Task<int> DoneAsync(DuePush push, CancellationToken cancellation) =>
        database.WriteAsync(
            async transaction =>
            {
                var keys = Keys(push, until: time.GetUtcNow());
                await transaction.Connection!.ExecuteAsync($"DELETE FROM push WHERE {ThisOne} AND seq = @Seq", keys, transaction);
                return await transaction.Connection!.ExecuteAsync(
                    $"UPDATE push SET from_seq = @Seq + 1, due_at = @until, first_at = @until, attempts = 0 WHERE {ThisOne}",
                    keys,
                    transaction
                );
            },
            cancellation
        );

    public Task<int> RetryAsync(DuePush push, DateTimeOffset at, string? error, CancellationToken cancellation) =>
        ExecuteAsync(
            $"UPDATE push SET due_at = @until, attempts = attempts + 1, error = @error WHERE {ThisOne}",
            Keys(push, at, error),
            cancellation
        );

    public Task<int> BuryAsync(DuePush push, string? error, CancellationToken cancellation) =>
        ExecuteAsync(
            $"UPDATE push SET dead_at = @until, attempts = attempts + 1, error = @error WHERE {ThisOne} AND seq = @Seq",
            Keys(push, time.GetUtcNow(), error),
            cancellation
        );

    public Task<IReadOnlyList<DeadPush>> ReadDeadAsync(CancellationToken cancellation) =>
        database.ReadAsync<IReadOnlyList<DeadPush>>(
            async connection =>
                (
                    await connection.QueryAsync<DeadPush>(
                        """
                        SELECT device_id, conversation_id, seq, attempts, dead_at, error FROM push
                        WHERE dead_at IS NOT NULL ORDER BY dead_at DESC LIMIT 1000
                        """
                    )
                ).AsList(),
            cancellation
        );

    /// <summary>Tries all that were given up once more.</summary>
    public Task<int> ReviveAsync(CancellationToken cancellation) =>
        ExecuteAsync(
            "UPDATE push SET dead_at = NULL, attempts = 0, first_at = @now, due_at = @now WHERE dead_at IS NOT NULL",
            new { now = time.GetUtcNow() },
            cancellation
        );

    private static object Keys(DuePush push, DateTimeOffset until, string? error = null) =>
        new
        {
            push.VisitorId,
            push.DeviceId,
            push.ConversationId,
            push.Seq,
            until,
            error,
        };

    private Task<int> ExecuteAsync(string sql, object parameters, CancellationToken cancellation) =>
        database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(sql, parameters, transaction), cancellation);
}
