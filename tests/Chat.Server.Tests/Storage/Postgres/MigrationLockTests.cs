using Chat.Server.Storage;
using Chat.Server.Storage.Postgres;
using Chat.Server.Tests.Bus;
using Chat.Testing.Services;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Chat.Server.Tests.Storage.Postgres;

public sealed class MigrationLockTests
{
    [Fact]
    public async Task A_migration_behind_a_long_reader_lets_later_readers_through_and_succeeds_after()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var database = await (await PostgresService.SharedAsync()).CreateDatabaseAsync();
        using var host = LogStore.Build(PostgresLogStore.Settings(database));
        await host.Services.GetRequiredService<ISchema>().MigrateAsync(cancellation);
        await using var reader = await OpenAsync(database);
        // As if a script that takes tables' strongest locks had not been there yet.
        await reader.ExecuteAsync(
            "DELETE FROM schema_version WHERE scriptname LIKE '%0003_screens.sql'; ALTER TABLE inbox DROP COLUMN settings; DROP TABLE canned_reply; "
                + "ALTER TABLE visitor DROP COLUMN device_id, DROP COLUMN browser, DROP COLUMN os, DROP COLUMN locale, DROP COLUMN blocked_at, "
                + "DROP COLUMN blocked_by, DROP COLUMN block_reason"
        );
        await using var report = await reader.BeginTransactionAsync(cancellation);
        await reader.ExecuteAsync("SELECT * FROM inbox");
        var waits = new MessageSignal<PostgresMigrator>("it is tried again");
        var migrator = new PostgresMigrator(
            Options.Create(new StorageOptions { ConnectionString = database }),
            host.Services.GetRequiredService<PostgresDatabase>(),
            TimeProvider.System,
            waits
        );

        var migration = migrator.MigrateAsync(cancellation);
        await Task.WhenAny(waits.Seen, migration).WaitAsync(TimeSpan.FromSeconds(60), cancellation);
        Assert.False(migration.IsCompleted, "the script takes no lock that the report holds");
        // During an attempt too: it ends before this does.
        await using (var later = await OpenAsync(database))
            await later.ExecuteAsync("SET statement_timeout = '10s'; SELECT count(*) FROM inbox");
        await report.RollbackAsync(cancellation);

        await migration.WaitAsync(TimeSpan.FromSeconds(60), cancellation);
        Assert.Equal(SchemaState.Current, await host.Services.GetRequiredService<ISchema>().CheckAsync(cancellation));
    }

    private static async Task<NpgsqlConnection> OpenAsync(string database)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }
}
