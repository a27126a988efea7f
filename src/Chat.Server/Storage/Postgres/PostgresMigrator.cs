using System.Data.Common;
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

    private readonly LockPatience _locks = new(time, log);

    public Task MigrateAsync(CancellationToken cancellation) =>
        UnderLockAsync(
            async connection =>
            {
                await CheckEncodingAsync(connection, cancellation);
                await _locks.TryAsync(Upgrade, cancellation);
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
                await CheckSessionAsync(connection, cancellation);
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

    /// <summary>Applies what is missing, each script in a transaction of its own; what was applied stays so when a later one fails.</summary>
    private Task Upgrade()
    {
        var result = DeployChanges
            .To.PostgresqlDatabase(LockPatience.Limit(DirectConnectionString))
            .WithScriptsEmbeddedInAssembly(Assembly.GetExecutingAssembly(), name => name.StartsWith(Folder, StringComparison.Ordinal))
            .JournalToPostgresqlTable(null, Journal)
            .WithTransactionPerScript()
            .WithVariablesDisabled()
            .LogToNowhere()
            .Build()
            .PerformUpgrade();
        foreach (var script in result.Scripts)
            LogMigrated(log, script.Name);
        return result.Error switch
        {
            null => Task.CompletedTask,
            PostgresException e when LockPatience.IsOver(e) => Task.FromException(e),
            var e => Task.FromException(new InvalidOperationException($"Migration {result.ErrorScript?.Name} failed.", e)),
        };
    }

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

    /// <summary>What a session must have for the log to be exact. Through a pooler it has what its role has.</summary>
    private static async Task CheckSessionAsync(DbConnection connection, CancellationToken cancellation)
    {
        var (isolation, messages) = await connection.QuerySingleAsync<(string, string)>(
            new CommandDefinition(
                "SELECT current_setting('default_transaction_isolation'), current_setting('client_min_messages')",
                cancellationToken: cancellation
            )
        );
        if (isolation != "read committed")
            throw new UnfitDatabaseException(
                $"PostgreSQL's default_transaction_isolation is '{isolation}' and must be 'read committed' for the role of Storage:ConnectionString: "
                    + "ALTER ROLE … SET default_transaction_isolation = 'read committed'."
            );
        if (messages is "error" or "fatal" or "panic")
            throw new UnfitDatabaseException(
                $"PostgreSQL's client_min_messages is '{messages}' and must be 'warning' or less for the role of Storage:ConnectionString: only a warning tells that a "
                    + "commit was not confirmed by its standby. ALTER ROLE … SET client_min_messages = 'warning'."
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
        // Not before: others' migrations are waited for as long as they take.
        await connection.ExecuteAsync(new CommandDefinition(LockPatience.Set, cancellationToken: cancellation));
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
                await _locks.TryAsync(() => ExecuteAsync(connection, sql, cancellation), cancellation);
                LogPartition(log, name);
            }
        }
    }

    /// <summary>A failure leaves no open transaction behind for the next attempt.</summary>
    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        try
        {
            await connection.ExecuteAsync(new CommandDefinition(sql, cancellationToken: cancellation));
        }
        catch (PostgresException)
        {
            await connection.ExecuteAsync(new CommandDefinition("ROLLBACK", cancellationToken: cancellation));
            throw;
        }
    }

    [LoggerMessage(LogLevel.Information, "Applied migration {Script}.")]
    private static partial void LogMigrated(ILogger logger, string script);

    [LoggerMessage(LogLevel.Information, "Made partition {Partition}.")]
    private static partial void LogPartition(ILogger logger, string partition);
}
