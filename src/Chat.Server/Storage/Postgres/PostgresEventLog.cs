using Chat.Contracts;
using Dapper;

namespace Chat.Server.Storage.Postgres;

/// <summary>The log in PostgreSQL.</summary>
internal sealed class PostgresEventLog(PostgresDatabase database, PromotionWatch promotion) : SqlEventLog(database, LogSql.Postgres)
{
    private const string MoveSql =
        "SELECT conversation_id, side, operator_id, delivered_seq, read_seq FROM move_cursors_v1(@ids, @sides, @operators, @delivered, @read)";

    public override ILogWriter CreateWriter() => new PostgresLogWriter(database, promotion);

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
                };
                var moved = await connection.QueryAsync<CursorRow>(
                    new CommandDefinition(MoveSql, parameters, cancellationToken: cancellation)
                );
                return [.. moved.Select(m => m.ToMoved())];
            },
            cancellation
        );
}
