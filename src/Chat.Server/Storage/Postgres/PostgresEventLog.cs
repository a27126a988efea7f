using Chat.Contracts;
using Dapper;

namespace Chat.Server.Storage.Postgres;

/// <summary>The log in PostgreSQL.</summary>
internal sealed class PostgresEventLog(PostgresDatabase database) : SqlEventLog(database, LogSql.Postgres)
{
    // A push that somebody else holds is on its way, or becomes one for something newer: no reason to wait.
    private const string MoveSql = """
        WITH told AS (
            SELECT p.visitor_id, p.device_id, p.conversation_id, greatest(m.delivered_seq, m.read_seq) AS seq
            FROM unnest(@ids, @devices, @delivered, @read) AS m (conversation_id, device_id, delivered_seq, read_seq)
            JOIN conversation c ON c.id = m.conversation_id
            JOIN push p ON p.visitor_id = c.visitor_id AND p.device_id = m.device_id AND p.conversation_id = c.id
            WHERE p.from_seq <= greatest(m.delivered_seq, m.read_seq)
            FOR UPDATE OF p SKIP LOCKED
        ), unneeded AS (
            DELETE FROM push p USING told t
            WHERE p.visitor_id = t.visitor_id AND p.device_id = t.device_id AND p.conversation_id = t.conversation_id AND p.seq <= t.seq
        ), shortened AS (
            UPDATE push p SET from_seq = t.seq + 1 FROM told t
            WHERE p.visitor_id = t.visitor_id AND p.device_id = t.device_id AND p.conversation_id = t.conversation_id AND p.seq > t.seq
        )
        SELECT conversation_id, side, operator_id, delivered_seq, read_seq FROM move_cursors_v1(@ids, @sides, @operators, @delivered, @read)
        """;

    public override ILogWriter CreateWriter() => new PostgresLogWriter(database);

    public override Task<IReadOnlyList<CursorMoved>> MoveCursorsAsync(IReadOnlyList<CursorMove> moves, CancellationToken cancellation) =>
        database.ReadAsync<IReadOnlyList<CursorMoved>>(
            async connection =>
            {
                var parameters = new
                {
                    ids = moves.Select(m => m.ConversationId.Value).ToArray(),
                    sides = moves.Select(m => (short)m.Side).ToArray(),
                    operators = moves.Select(m => m.OperatorId.GetValueOrDefault().Value).ToArray(),
                    delivered = moves.Select(m => m.DeliveredSeq).ToArray(),
                    read = moves.Select(m => m.ReadSeq).ToArray(),
                    devices = moves.Select(m => m.DeviceId.GetValueOrDefault()).ToArray(),
                };
                var moved = await connection.QueryAsync<CursorRow>(
                    new CommandDefinition(MoveSql, parameters, cancellationToken: cancellation)
                );
                return [.. moved.Select(m => m.ToMoved())];
            },
            cancellation
        );
}
