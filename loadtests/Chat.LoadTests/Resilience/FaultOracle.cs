using Npgsql;

namespace Chat.LoadTests.Resilience;

/// <summary>After a fault: every acknowledged message is stored once, logs have no gaps, and receivers hold what is stored.</summary>
internal static class FaultOracle
{
    private const string Sql = """
        SELECT conversation_id, count(*) FILTER (WHERE type = 1), count(DISTINCT client_id) FILTER (WHERE type = 1), count(*), max(seq)
        FROM event GROUP BY conversation_id
        """;

    /// <summary>Lost and doubled messages; both must be 0.</summary>
    public static async Task<(long Stored, long Lost, long Doubled)> CountAsync(
        string postgres,
        IReadOnlyList<Talk> talks,
        CancellationToken cancellation
    )
    {
        // Unpooled: a pool would hand out connections of a server that was killed since.
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(postgres) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(cancellation);
        await using var command = new NpgsqlCommand(Sql, connection) { CommandTimeout = 120 };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var left = talks.ToDictionary(talk => talk.Id);
        var (all, lost, doubled) = (0L, 0L, 0L);
        while (await reader.ReadAsync(cancellation))
        {
            if (!left.Remove(reader.GetGuid(0), out var talk))
                continue;
            var (stored, distinct, events, last) = (reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt32(4));
            if (events != last)
                throw new InvalidOperationException($"{talk.Id} has {events} events up to {last}.");
            all += stored;
            lost += Math.Max(0, talk.Acknowledged - distinct) + Math.Max(0, distinct - talk.Delivered);
            doubled += stored - distinct;
        }
        return (all, lost + left.Values.Sum(talk => (long)talk.Acknowledged), doubled);
    }
}
