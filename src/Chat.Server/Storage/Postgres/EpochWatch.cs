using Microsoft.Extensions.Options;
using Npgsql;

namespace Chat.Server.Storage.Postgres;

/// <summary>
/// Compares the log with the server that it is on. A promoted standby or a restored dump may lack the last commits and would give their seqs out again: a new epoch
/// makes every client start again from a snapshot. A server that started again shows commits that its standby may never have confirmed: nothing is read there before
/// a commit behind them is confirmed.
/// </summary>
internal sealed partial class EpochWatch(IOptions<LogOptions> options, ILogger<EpochWatch> log)
{
    private const string CompareSql = "SELECT timeline = current_timeline_v1() AND database = current_database_v1() FROM log_state";

    // See server_life_v1, which may not be there yet.
    private const string LifeSql = "SELECT greatest(pg_postmaster_start_time(), (SELECT stats_reset FROM pg_stat_bgwriter))";

    private readonly Lock _gate = new();

    // When the servers started that reads saw last and that was compared last. Written by whoever opens connections; whole objects.
    private volatile object? _seen;
    private volatile object? _confirmed;

    // Guarded by the gate: the one comparison that reads wait for.
    private Task? _confirming;

    /// <summary>False from the first connection to a server that started since: <see cref="ConfirmAsync"/>.</summary>
    public bool IsConfirmed => Equals(_seen, _confirmed);

    /// <summary>For each new connection, and through a pooler, whose connections outlive their server, after each read.</summary>
    public async Task SeeAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand(LifeSql, connection);
        _seen = await command.ExecuteScalarAsync(CancellationToken.None);
    }

    /// <summary>After a read through a pooler: what was read is confirmed with what was committed before.</summary>
    public async Task<bool> IsStillConfirmedAsync(NpgsqlConnection connection)
    {
        await SeeAsync(connection);
        return IsConfirmed;
    }

    /// <summary>Compares, and writes what differs. It may wait for a standby as long as any commit: without a limit, and never cancelled.</summary>
    /// <param name="connection">To the server.</param>
    /// <param name="call">What it knows the call by.</param>
    /// <param name="lost">Cancelled once the server is known to be at work on it no longer, and never before.</param>
    public async Task CheckAsync(NpgsqlConnection connection, ServerCall call, CancellationToken lost)
    {
        await using var command = new NpgsqlCommand($"{call.Mark}SELECT * FROM look_at_log_v1($1)", connection) { CommandTimeout = 0 };
        command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = options.Value.RaiseEpochOnPromotion });
        await using var reader = await command.ExecuteReaderAsync(lost);
        if (!await reader.ReadAsync(lost))
            return;
        if (reader.GetBoolean(3))
            LogRestored(log, reader.GetInt32(0));
        else if (reader.GetBoolean(2))
            LogPromoted(log, reader.GetInt32(1), reader.GetInt32(0));
    }

    /// <summary>Ends when what the server shows is confirmed; one call of the server for all who wait.</summary>
    public async Task ConfirmAsync(PostgresDatabase database, CancellationToken cancellation)
    {
        Task confirming;
        lock (_gate)
            confirming = _confirming ??= CompareAsync(database);
        try
        {
            await confirming.WaitAsync(PostgresDatabase.Patience, cancellation);
        }
        catch (TimeoutException e)
        {
            throw new StoreUnavailableException(
                "PostgreSQL has started again, and its standby does not confirm what was committed before.",
                e
            );
        }
        finally
        {
            lock (_gate)
                if (_confirming is { IsCompleted: true })
                    _confirming = null;
        }
    }

    private async Task CompareAsync(PostgresDatabase database)
    {
        var connection = await database.Apart.OpenConnectionAsync(CancellationToken.None);
        var call = database.CallOn(connection);
        var lost = new CancellationTokenSource();
        var comparison = CompareAsync(connection, call, lost.Token);
        try
        {
            await database.Calls.AnswerAsync(call, comparison, CancellationToken.None);
        }
        finally
        {
            var ending = ServerCalls.EndAsync(connection, comparison, lost);
            if (comparison.IsCompleted)
                await ending;
        }
    }

    private async Task CompareAsync(NpgsqlConnection connection, ServerCall call, CancellationToken lost)
    {
        var seen = _seen;
        try
        {
            await using var compare = new NpgsqlCommand(CompareSql, connection);
            // On a promoted standby, or in a restored database, nothing that is there waits for a confirmation: who reads need not wait either.
            if (await compare.ExecuteScalarAsync(lost) is false)
                _confirmed = seen;
            await CheckAsync(connection, call, lost);
        }
        catch (PostgresException e) when (IsNotMigrated(e))
        {
            // There is no log yet.
        }
        _confirmed = seen;
    }

    private static bool IsNotMigrated(PostgresException e) =>
        e.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn or PostgresErrorCodes.UndefinedFunction;

    [LoggerMessage(
        LogLevel.Error,
        "PostgreSQL was promoted (timeline is now {Timeline}); the epoch is {Epoch}. Check whether commits were lost."
    )]
    private static partial void LogPromoted(ILogger logger, int timeline, int epoch);

    [LoggerMessage(
        LogLevel.Error,
        "The log was restored into another database; the epoch is {Epoch}. What was committed after the backup is lost."
    )]
    private static partial void LogRestored(ILogger logger, int epoch);
}
