using System.Globalization;
using System.Reflection;
using Dapper;
using DbUp;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Chat.Server.Storage.Postgres;

/// <summary>Migrations and partitions, one node at a time under an advisory lock, on a direct connection.</summary>
internal sealed partial class PostgresMigrator(
    IOptions<StorageOptions> options,
    PostgresDatabase database,
    TimeProvider time,
    ILogger<PostgresMigrator> log
) : ISchema
{
    private const string Folder = "Chat.Server.Storage.Postgres.Migrations.";
    private const string Journal = "schema_version";

    /// <summary>Any number that nobody else locks in this database.</summary>
    private const long LockKey = 0x43686174_00000001;

    /// <summary>Conversations are opened by clocks that may be late, and months must be there before they begin.</summary>
    private const int MonthsBack = 1;
    private const int MonthsAhead = 3;

    public Task MigrateAsync(CancellationToken cancellation) =>
        UnderLockAsync(
            async connection =>
            {
                await CheckEncodingAsync(connection, cancellation);
                var result = DeployChanges
                    .To.PostgresqlDatabase(DirectConnectionString)
                    .WithScriptsEmbeddedInAssembly(
                        Assembly.GetExecutingAssembly(),
                        name => name.StartsWith(Folder, StringComparison.Ordinal)
                    )
                    .JournalToPostgresqlTable(null, Journal)
                    .WithTransactionPerScript()
                    .WithVariablesDisabled()
                    .LogToNowhere()
                    .Build()
                    .PerformUpgrade();
                if (!result.Successful)
                    throw new InvalidOperationException($"Migration {result.ErrorScript?.Name} failed.", result.Error);
                foreach (var script in result.Scripts)
                    LogMigrated(log, script.Name);
                await MakePartitionsAsync(connection, cancellation);
            },
            cancellation
        );

    public Task MaintainAsync(CancellationToken cancellation) =>
        UnderLockAsync(connection => MakePartitionsAsync(connection, cancellation), cancellation);

    public Task<SchemaState> CheckAsync(CancellationToken cancellation) =>
        database.ReadAsync(
            async connection =>
            {
                var exists = await connection.ExecuteScalarAsync<bool>(
                    new CommandDefinition($"SELECT to_regclass('{Journal}') IS NOT NULL", cancellationToken: cancellation)
                );
                if (!exists)
                    return SchemaState.Older;
                var applied = (
                    await connection.QueryAsync<string>(
                        new CommandDefinition($"SELECT scriptname FROM {Journal}", cancellationToken: cancellation)
                    )
                ).ToHashSet(StringComparer.Ordinal);
                var ours = Assembly
                    .GetExecutingAssembly()
                    .GetManifestResourceNames()
                    .Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
                    .ToHashSet(StringComparer.Ordinal);
                if (!applied.IsSupersetOf(ours))
                    return SchemaState.Older;
                return applied.Count > ours.Count ? SchemaState.Newer : SchemaState.Current;
            },
            cancellation
        );

    /// <summary>The UUIDv7 bounds of a month: its first millisecond, and all else zero.</summary>
    internal static Guid LowestIdOf(DateTimeOffset month)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        var milliseconds = month.ToUnixTimeMilliseconds();
        for (var i = 5; i >= 0; i--, milliseconds >>= 8)
            bytes[i] = (byte)milliseconds;
        return new Guid(bytes, bigEndian: true);
    }

    private string DirectConnectionString
    {
        get
        {
            var text = options.Value.MigrationConnectionString;
            // Migrations take the time that they take.
            return new NpgsqlConnectionStringBuilder(string.IsNullOrWhiteSpace(text) ? options.Value.ConnectionString : text)
            {
                Pooling = false,
                CommandTimeout = 0,
            }.ConnectionString;
        }
    }

    /// <summary>Another one refuses or garbles texts, and stays with the database for its whole life.</summary>
    private static async Task CheckEncodingAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var encoding = await connection.ExecuteScalarAsync<string>(
            new CommandDefinition("SHOW server_encoding", cancellationToken: cancellation)
        );
        if (encoding != "UTF8")
            throw new UnfitDatabaseException(
                $"The database's encoding is {encoding} and must be UTF8: make one with CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0."
            );
    }

    private async Task UnderLockAsync(Func<NpgsqlConnection, Task> work, CancellationToken cancellation)
    {
        await using var source = NpgsqlDataSource.Create(DirectConnectionString);
        await using var connection = await OpenAsync(source, cancellation);
        // Ends with the connection, so that a node that dies cannot keep it.
        await connection.ExecuteAsync(
            new CommandDefinition("SELECT pg_advisory_lock(@LockKey)", new { LockKey }, cancellationToken: cancellation)
        );
        await work(connection);
    }

    private static async Task<NpgsqlConnection> OpenAsync(NpgsqlDataSource source, CancellationToken cancellation)
    {
        try
        {
            return await source.OpenConnectionAsync(cancellation);
        }
        catch (NpgsqlException e)
        {
            throw PostgresErrors.ToUnavailable(e);
        }
    }

    private async Task MakePartitionsAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var current = new DateTimeOffset(now.Year, now.Month, 1, 0, 0, 0, TimeSpan.Zero);
        for (var i = -MonthsBack; i <= MonthsAhead; i++)
        {
            var month = current.AddMonths(i);
            foreach (var table in (string[])["event", "event_dedup"])
            {
                var name = $"{table}_{month.ToString("yyyyMM", CultureInfo.InvariantCulture)}";
                var exists = await connection.ExecuteScalarAsync<bool>(
                    new CommandDefinition("SELECT to_regclass(@name) IS NOT NULL", new { name }, cancellationToken: cancellation)
                );
                if (exists)
                    continue;
                // Attaching lets appends go on; CREATE TABLE … PARTITION OF would stop them.
                var sql =
                    $"BEGIN; CREATE TABLE {name} (LIKE {table} INCLUDING ALL); ALTER TABLE {table} ATTACH PARTITION {name} "
                    + $"FOR VALUES FROM ('{LowestIdOf(month)}') TO ('{LowestIdOf(month.AddMonths(1))}'); COMMIT;";
                await connection.ExecuteAsync(new CommandDefinition(sql, cancellationToken: cancellation));
                LogPartition(log, name);
            }
        }
    }

    [LoggerMessage(LogLevel.Information, "Applied migration {Script}.")]
    private static partial void LogMigrated(ILogger logger, string script);

    [LoggerMessage(LogLevel.Information, "Made partition {Partition}.")]
    private static partial void LogPartition(ILogger logger, string partition);
}

/// <summary>The database is not one that the schema can be made in.</summary>
internal sealed class UnfitDatabaseException(string message) : Exception(message);
