using Chat.Contracts;
using Chat.Server.Storage;
using Dapper;

namespace Chat.Server.Visitors;

/// <summary>A visitor who is kept out, with the device that he was last seen on.</summary>
internal sealed record BlockedVisitor
{
    public VisitorId Id { get; init; }

    public InboxId InboxId { get; init; }

    public Guid? DeviceId { get; init; }

    public string? Subject { get; init; }
}

/// <summary>Which visitors are kept out.</summary>
internal sealed class BlockStore(IDatabase database, TimeProvider time)
{
    public Task<IReadOnlyList<BlockedVisitor>> ReadAsync(CancellationToken cancellation) =>
        database.ReadAsync<IReadOnlyList<BlockedVisitor>>(
            async connection =>
                (
                    await connection.QueryAsync<BlockedVisitor>(
                        "SELECT id, inbox_id, device_id, subject FROM visitor WHERE blocked_at IS NOT NULL"
                    )
                ).AsList(),
            cancellation
        );

    /// <summary>Again changes who did it and why.</summary>
    public Task BlockAsync(VisitorId id, OperatorId by, string? reason, CancellationToken cancellation) =>
        ExecuteAsync(
            "UPDATE visitor SET blocked_at = coalesce(blocked_at, @now), blocked_by = @by, block_reason = @reason WHERE id = @id",
            new
            {
                id,
                by,
                reason,
                now = time.GetUtcNow(),
            },
            cancellation
        );

    public Task UnblockAsync(VisitorId id, CancellationToken cancellation) =>
        ExecuteAsync(
            "UPDATE visitor SET blocked_at = NULL, blocked_by = NULL, block_reason = NULL WHERE id = @id",
            new { id },
            cancellation
        );

    private Task<int> ExecuteAsync(string sql, object parameters, CancellationToken cancellation) =>
        database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(sql, parameters, transaction), cancellation);
}
