using Chat.Contracts;
using Dapper;

namespace Chat.Server.Storage.Sqlite;

/// <summary>The log in SQLite.</summary>
internal sealed class SqliteEventLog(SqliteDatabase database) : SqlEventLog(database, LogSql.Sqlite)
{
    private const string MoveSql =
        "INSERT INTO cursor AS k (conversation_id, side, operator_id, delivered_seq, read_seq) "
        + "SELECT c.id, @Side, @OperatorId, min(max(@DeliveredSeq, @ReadSeq), c.last_seq), min(@ReadSeq, c.last_seq) "
        + "FROM conversation AS c WHERE c.id = @ConversationId AND max(@DeliveredSeq, @ReadSeq) > 0 "
        + "ON CONFLICT (conversation_id, side, operator_id) DO UPDATE "
        + "SET delivered_seq = max(k.delivered_seq, excluded.delivered_seq), read_seq = max(k.read_seq, excluded.read_seq) "
        + "WHERE k.delivered_seq < excluded.delivered_seq OR k.read_seq < excluded.read_seq "
        + "RETURNING conversation_id, side, operator_id, delivered_seq, read_seq";

    private const string UnneededSql =
        "DELETE FROM push WHERE visitor_id = (SELECT visitor_id FROM conversation WHERE id = @ConversationId) "
        + "AND device_id = @DeviceId AND conversation_id = @ConversationId AND seq <= max(@DeliveredSeq, @ReadSeq)";

    private const string ShortenedSql =
        "UPDATE push SET from_seq = max(@DeliveredSeq, @ReadSeq) + 1 "
        + "WHERE visitor_id = (SELECT visitor_id FROM conversation WHERE id = @ConversationId) "
        + "AND device_id = @DeviceId AND conversation_id = @ConversationId AND from_seq <= max(@DeliveredSeq, @ReadSeq)";

    public override ILogWriter CreateWriter() => new SqliteLogWriter(database);

    public override Task<IReadOnlyList<CursorMoved>> MoveCursorsAsync(IReadOnlyList<CursorMove> moves, CancellationToken cancellation) =>
        database.WriteAsync<IReadOnlyList<CursorMoved>>(
            async transaction =>
            {
                // By key: of several moves of one cursor, its last state is the answer.
                var moved = new Dictionary<(ConversationId, Side, OperatorId?), CursorMoved>();
                foreach (var move in moves)
                {
                    var parameters = new
                    {
                        move.ConversationId,
                        Side = (int)move.Side,
                        OperatorId = move.OperatorId.GetValueOrDefault(),
                        move.DeliveredSeq,
                        move.ReadSeq,
                        move.DeviceId,
                    };
                    if (move.DeviceId is not null)
                        await transaction.Connection!.ExecuteAsync($"{UnneededSql}; {ShortenedSql}", parameters, transaction);
                    var row = await transaction.Connection!.QuerySingleOrDefaultAsync<CursorRow>(MoveSql, parameters, transaction);
                    if (row is not null)
                        moved[(move.ConversationId, move.Side, move.OperatorId)] = row.ToMoved();
                }
                return [.. moved.Values];
            },
            cancellation
        );
}
