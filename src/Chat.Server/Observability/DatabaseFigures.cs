using System.Data.Common;
using Chat.Contracts;
using Chat.Server.Storage;
using Dapper;

namespace Chat.Server.Observability;

/// <summary>One inbox's queue.</summary>
internal sealed record QueueFigure(InboxId InboxId, int Length, double OldestSeconds);

/// <summary>What the database said in one round.</summary>
internal sealed record DatabaseFigures(IReadOnlyList<QueueFigure> Queues, double DaysAhead, int Watched, int Unconfirmed, int MostOfVisitor)
{
    // Over the partial index of live conversations.
    private const string QueueSql = """
        SELECT inbox_id AS Inbox, count(*)::int AS Length,
               coalesce(extract(epoch FROM now() - min(waiting_since)), 0)::float8 AS Seconds
        FROM conversation WHERE status = 0 GROUP BY inbox_id ORDER BY 2 DESC LIMIT @limit
        """;

    // Over the partial index of live conversations by visitor, and nothing else.
    private const string MostOfVisitorSql =
        "SELECT coalesce(max(n), 0)::int FROM (SELECT count(*) AS n FROM conversation WHERE status <> 3 GROUP BY visitor_id) AS v";

    // Their names tell the month: see PostgresMigrator.
    private const string PartitionSql = """
        SELECT extract(epoch FROM to_date(max(right(c.relname, 6)), 'YYYYMM') + interval '1 month' - now())::float8 / 86400
        FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'event'::regclass
        """;

    // Younger events may be on their way, and repair has had its time with these; older ones were counted for ten minutes.
    private const string UnconfirmedSql = """
        SELECT count(*)::int FROM unnest(@ids) AS watched (id)
        LEFT JOIN cursor k ON k.conversation_id = watched.id AND k.side = 0
        JOIN event e ON e.conversation_id = watched.id AND e.seq > coalesce(k.delivered_seq, 0)
        WHERE e.audience = 0 AND e.actor_kind <> 1 AND e.at < now() - interval '30 s' AND e.at > now() - interval '10 min'
        """;

    /// <summary>Null with SQLite: one node, whose owner sees its queue.</summary>
    public static Task<DatabaseFigures?> ReadAsync(IDatabase database, Guid[] watched, int limit, CancellationToken cancellation) =>
        database.ReadAsync(
            async connection =>
            {
                if (database.Dialect != SqlDialect.Postgres)
                    return null;
                var queues = await connection.QueryAsync<(Guid Inbox, int Length, double Seconds)>(
                    new CommandDefinition(QueueSql, new { limit }, cancellationToken: cancellation)
                );
                var days = await ScalarAsync<double>(connection, PartitionSql, null, cancellation);
                var unconfirmed = await ScalarAsync<int>(connection, UnconfirmedSql, new { ids = watched }, cancellation);
                var most = await ScalarAsync<int>(connection, MostOfVisitorSql, null, cancellation);
                var figures = queues.Select(q => new QueueFigure(new InboxId(q.Inbox), q.Length, q.Seconds));
                return new DatabaseFigures([.. figures], days, watched.Length, unconfirmed, most);
            },
            cancellation
        );

    private static async Task<T> ScalarAsync<T>(DbConnection connection, string sql, object? parameters, CancellationToken cancellation) =>
        (await connection.ExecuteScalarAsync<T>(new CommandDefinition(sql, parameters, cancellationToken: cancellation)))!;
}
