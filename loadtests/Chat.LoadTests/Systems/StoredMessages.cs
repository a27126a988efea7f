using Chat.LoadTests.Load;
using Npgsql;

namespace Chat.LoadTests.Systems;

/// <summary>What the database has of one conversation.</summary>
/// <param name="Messages">Rows.</param>
/// <param name="Different">By the ids that their senders gave them.</param>
/// <param name="Events">Messages and others; 0 where a system does not number them.</param>
/// <param name="LastSeq">Of the last event; 0 where a system does not number them.</param>
internal readonly record struct Stored(long Messages, long Different, long Events, long LastSeq);

/// <summary>What makes a run count: every acknowledged message is in PostgreSQL once and was delivered, and no conversation has a gap.</summary>
internal static class StoredMessages
{
    /// <param name="database">Its connection string.</param>
    /// <param name="sql">Of each conversation the id as text and what <see cref="Stored"/> has.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task<IReadOnlyDictionary<string, Stored>> CountAsync(string database, string sql, CancellationToken cancellation)
    {
        // Unpooled: a pool would hand out connections of a server that was killed since.
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(cancellation);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 120 };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var counts = new Dictionary<string, Stored>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellation))
            counts[reader.GetString(0)] = new Stored(reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4));
        return counts;
    }

    /// <summary>How many messages it saw; throws when one is wrong.</summary>
    public static long Check(IReadOnlyDictionary<string, Stored> stored, IReadOnlyList<Pair> pairs)
    {
        foreach (var pair in pairs.Where(pair => !IsRight(stored.GetValueOrDefault(pair.Id), pair)))
            throw new InvalidOperationException(
                $"{pair.Id}: {pair.Acknowledged} acknowledged, {pair.Delivered} delivered up to {pair.LastSeq}; "
                    + $"stored {stored.GetValueOrDefault(pair.Id)}."
            );
        return pairs.Sum(pair => (long)pair.Acknowledged);
    }

    private static bool IsRight(Stored stored, Pair pair) =>
        stored.Messages == pair.Acknowledged
        && stored.Different == stored.Messages
        && stored.Events == stored.LastSeq
        && (pair.IsStalled || stored.Messages == pair.Delivered)
        && (pair.IsStalled || stored.Messages == 0 || stored.LastSeq == pair.LastSeq);
}
