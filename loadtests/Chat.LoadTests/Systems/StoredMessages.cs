using Chat.LoadTests.Load;
using Npgsql;

namespace Chat.LoadTests.Systems;

/// <summary>What makes a run count: every acknowledged message is in PostgreSQL once and was delivered, and no conversation has a gap.</summary>
internal static class StoredMessages
{
    private const string Sql = """
        SELECT conversation_id, count(*) FILTER (WHERE type = 1), count(DISTINCT client_id) FILTER (WHERE type = 1), count(*), max(seq)
        FROM event GROUP BY conversation_id
        """;

    /// <summary>How many messages it saw; throws when one is wrong.</summary>
    public static async Task<long> CheckAsync(string postgres, IReadOnlyList<Pair> pairs, CancellationToken cancellation)
    {
        await using var connection = new NpgsqlConnection(postgres);
        await connection.OpenAsync(cancellation);
        await using var command = new NpgsqlCommand(Sql, connection) { CommandTimeout = 120 };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var left = pairs.ToDictionary(pair => Guid.Parse(pair.Id));
        var messages = 0L;
        while (await reader.ReadAsync(cancellation))
        {
            if (!left.Remove(reader.GetGuid(0), out var pair))
                continue;
            var (stored, distinct, events, last) = (reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt32(4));
            var good =
                stored == pair.Acknowledged
                && stored == distinct
                && (stored == pair.Delivered || pair.IsStalled)
                && events == last
                && (last == pair.LastSeq || stored == 0 || pair.IsStalled);
            if (!good)
                throw new InvalidOperationException(
                    $"{pair.Id}: {pair.Acknowledged} acknowledged, {pair.Delivered} delivered up to {pair.LastSeq}; "
                        + $"stored {stored} ({distinct} different), {events} events up to {last}."
                );
            messages += stored;
        }
        return left.Count == 0 ? messages : throw new InvalidOperationException($"{left.Count} conversations are not in the database.");
    }
}
