using System.Data.Common;
using Chat.Contracts;
using Chat.Server.Messages;
using Dapper;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Chat.Server.Storage.Postgres;

/// <summary>PostgreSQL, one host or several.</summary>
internal sealed class PostgresDatabase : IDatabase, IAsyncDisposable
{
    /// <summary>
    /// One plan for each prepared statement, always from an index: to plan most reads anew costs several times what they cost, and a plan made while a table was
    /// small must be good when it is not.
    /// </summary>
    private const string Planner = "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c jit=off";

    /// <summary>
    /// The server ends what takes too long: it never does so while a commit waits, as a driver's cancel would. So it does with a transaction whose node says nothing
    /// any more, and whose locks others wait for. The log is written under read committed, and a commit that was not confirmed is told as a warning.
    /// </summary>
    private const string Rules =
        "-c statement_timeout=5s -c lock_timeout=4s -c idle_in_transaction_session_timeout=15s -c default_transaction_isolation=read\\ committed "
        + "-c client_min_messages=warning";

    /// <summary>
    /// Writes at once, besides those of the lanes: so many server processes a standby that does not answer may hold, and the rest is for reads. Fewer where the pool is
    /// small.
    /// </summary>
    private const int MaxWrites = 16;

    private readonly EpochWatch _epochs;
    private readonly CommitNotices _notices;
    private readonly SemaphoreSlim _writes;
    private readonly bool _isPooled;

    public PostgresDatabase(IOptions<StorageOptions> options, EpochWatch epochs, CommitNotices notices)
    {
        DapperMaps.Register();
        (_epochs, _notices) = (epochs, notices);
        _isPooled = IsPooled(options.Value);
        var settings = new NpgsqlConnectionStringBuilder(WithDefaults(options.Value));
        Source = Build(settings);
        Calls = new ServerCalls(Source, Patience);
        _writes = new SemaphoreSlim(settings.Pooling ? Math.Clamp((settings.MaxPoolSize - LaneOptions.Most) / 2, 1, MaxWrites) : MaxWrites);
        settings.Pooling = false;
        Apart = Build(settings);
    }

    /// <summary>How long a caller waits for a commit's confirmation; the commit itself goes on. As long as a send waits.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromMilliseconds(Limits.SendTimeoutMs);

    /// <summary>Whether it is a connection string that names a host.</summary>
    public static bool CanRead(string? connectionString)
    {
        try
        {
            using var source = NpgsqlDataSource.Create(connectionString!);
            return true;
        }
        catch (Exception e)
            when (e is ArgumentException or FormatException or OverflowException or NotSupportedException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>The most connections at once; null: any number.</summary>
    public static int? PoolOf(StorageOptions options) =>
        new NpgsqlConnectionStringBuilder(options.ConnectionString) is { Pooling: true } settings ? settings.MaxPoolSize : null;

    public SqlDialect Dialect => SqlDialect.Postgres;

    /// <summary>The pool. Log writers keep their connections from it.</summary>
    public NpgsqlDataSource Source { get; }

    /// <summary>Connections outside the pool, which may be full of those who wait for what is looked at here.</summary>
    public NpgsqlDataSource Apart { get; }

    /// <summary>Calls that have no time-out.</summary>
    public ServerCalls Calls { get; }

    public async Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> work, CancellationToken cancellation)
    {
        try
        {
            await using var connection = await Source.OpenConnectionAsync(cancellation);
            if (!_epochs.IsConfirmed)
                await _epochs.ConfirmAsync(this, cancellation);
            var result = await work(connection);
            if (_isPooled && !await _epochs.IsStillConfirmedAsync(connection))
                await _epochs.ConfirmAsync(this, cancellation);
            return result;
        }
        catch (Exception e) when (PostgresErrors.IsUnavailable(e))
        {
            throw await ToUnavailableAsync(e, cancellation);
        }
    }

    public async Task<T> WriteAsync<T>(Func<DbTransaction, Task<T>> work, Action<T> committed, CancellationToken cancellation)
    {
        if (!await _writes.WaitAsync(Patience, cancellation))
            throw new StoreUnavailableException("Too many commits wait for PostgreSQL.");
        var write = new PostgresWrite(this, _notices, _writes);
        try
        {
            return await write.RunAsync(work, committed, Patience, cancellation);
        }
        catch (Exception e) when (PostgresErrors.IsUnavailable(e))
        {
            throw await ToUnavailableAsync(e, cancellation);
        }
    }

    public Task<Durability> ReadDurabilityAsync(CancellationToken cancellation) =>
        ReadAsync(
            async connection =>
            {
                const string sql = """
                    SELECT current_setting('synchronous_commit'), current_setting('synchronous_standby_names'), current_setting('fsync'),
                           current_setting('full_page_writes')
                    """;
                var (commit, standbys, fsync, pages) = await connection.QuerySingleAsync<(string, string, string, string)>(
                    new CommandDefinition(sql, cancellationToken: cancellation)
                );
                return Durability.OfPostgres(commit, standbys, fsync, pages);
            },
            cancellation
        );

    /// <summary>A connection that a log writer keeps. The log must be compared with its server before anything is written.</summary>
    public async Task<WriterSession> OpenSessionAsync(CancellationToken cancellation)
    {
        var connection = await Source.OpenConnectionAsync(cancellation);
        try
        {
            var start = await connection.ExecuteScalarAsync<DateTime>("SELECT pg_postmaster_start_time()");
            return new WriterSession(connection, _notices.Listen(connection), ServerCall.On(connection, _isPooled, start));
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>What the server knows a call on this connection by.</summary>
    public ServerCall CallOn(NpgsqlConnection connection) => ServerCall.On(connection, _isPooled);

    /// <summary>
    /// Commits what a connection's transaction has done. The driver's own commit has a time-out, after which it cancels: the wait for the standby, and not the commit.
    /// </summary>
    /// <param name="connection">Of the transaction.</param>
    /// <param name="call">What the server knows it by.</param>
    /// <param name="lost">Cancelled once the server is known to be at work on it no longer, and never before.</param>
    public static async Task CommitAsync(NpgsqlConnection connection, ServerCall call, CancellationToken lost)
    {
        await using var commit = new NpgsqlCommand($"{call.Mark}COMMIT", connection) { CommandTimeout = 0 };
        await commit.ExecuteNonQueryAsync(lost);
    }

    /// <summary>See <see cref="EpochWatch.CheckAsync"/>.</summary>
    public Task CheckAsync(WriterSession session, CancellationToken lost) => _epochs.CheckAsync(session.Connection, session.Call, lost);

    /// <summary>What the caller is told; what the failure says of the server is acted upon first.</summary>
    public async Task<StoreUnavailableException> ToUnavailableAsync(Exception e, CancellationToken cancellation)
    {
        if (PostgresErrors.IsDemotion(e) || PostgresErrors.IsBrokenDriver(e))
            Source.Clear();
        if (PostgresErrors.IsPromotion(e))
        {
            try
            {
                await _epochs.ConfirmAsync(this, cancellation);
            }
            catch (Exception failed) when (failed is StoreUnavailableException || PostgresErrors.IsUnavailable(failed))
            {
                e = failed;
            }
        }
        return PostgresErrors.ToUnavailable(e);
    }

    public async ValueTask DisposeAsync()
    {
        _writes.Dispose();
        await Apart.DisposeAsync();
        await Source.DisposeAsync();
    }

    private NpgsqlDataSource Build(NpgsqlConnectionStringBuilder settings)
    {
        // Without a logger: Npgsql would write a line of information for every command. Failures are logged by those who retry.
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        builder.UsePhysicalConnectionInitializer(
            _ => throw new NotSupportedException("Connections are opened asynchronously."),
            connection => _epochs.SeeAsync(connection)
        );
        return builder.Build();
    }

    private static bool IsPooled(StorageOptions options) => !string.IsNullOrWhiteSpace(options.MigrationConnectionString);

    private static string WithDefaults(StorageOptions options)
    {
        var text = options.ConnectionString!;
        var builder = new NpgsqlConnectionStringBuilder(text);
        var said = new DbConnectionStringBuilder { ConnectionString = text };
        bool Says(params ReadOnlySpan<string> words)
        {
            foreach (var word in words)
                if (said.ContainsKey(word))
                    return true;
            return false;
        }

        if (!Says("Timeout"))
            builder.Timeout = 5;
        if (!Says("Command Timeout", "CommandTimeout"))
            builder.CommandTimeout = 5;
        if (!Says("Application Name", "ApplicationName"))
            builder.ApplicationName = "chat";
        var pooled = IsPooled(options);
        // A pooler in transaction mode has neither prepared statements nor sessions with settings.
        if (!pooled && !Says("Max Auto Prepare", "MaxAutoPrepare"))
            builder.MaxAutoPrepare = 100;
        if (!pooled)
            builder.Options = $"{Rules} {(Says("Options") ? builder.Options : Planner)}";
        // Nothing here outlives its transaction: a reset before each use would cost the server more than most reads.
        if (!Says("No Reset On Close", "NoResetOnClose"))
            builder.NoResetOnClose = true;
        return builder.ConnectionString;
    }
}
