using Npgsql;

namespace Chat.LoadTests.Systems;

/// <summary>What PostgreSQL would do by itself while pages are read.</summary>
internal static class Upkeep
{
    public static async Task RunAsync(NpgsqlDataSource source, string table, CancellationToken cancellation)
    {
        foreach (var sql in (string[])[$"VACUUM ANALYZE {table}", "CHECKPOINT"])
        {
            await using var command = source.CreateCommand(sql);
            command.CommandTimeout = 600;
            await command.ExecuteNonQueryAsync(cancellation);
        }
    }
}
