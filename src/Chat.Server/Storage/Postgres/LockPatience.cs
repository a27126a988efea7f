using Npgsql;

namespace Chat.Server.Storage.Postgres;

/// <summary>
/// How migrations wait for their locks: briefly, and again later. Whoever waits for a table's strongest lock stops all who come to the table after
/// them, so that one long report would stop the service for as long as it runs.
/// </summary>
internal sealed partial class LockPatience(TimeProvider time, ILogger log)
{
    /// <summary>What all others wait at most behind a migration that waits.</summary>
    public const string Set = "SET lock_timeout = '500ms'";

    private const string Option = "-c lock_timeout=500ms";

    /// <summary>Between attempts: longer than an attempt, so that others are let through.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <summary>Beyond this somebody has forgotten a transaction.</summary>
    private static readonly TimeSpan GiveUp = TimeSpan.FromMinutes(10);

    /// <summary>The connection string of sessions that wait so long and no longer.</summary>
    public static string Limit(string connectionString)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        builder.Options = $"{builder.Options} {Option}".Trim();
        return builder.ConnectionString;
    }

    public static bool IsOver(Exception e) => e is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable };

    /// <summary>Does the work, and again while it finds no lock.</summary>
    public async Task TryAsync(Func<Task> work, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            try
            {
                await work();
                return;
            }
            catch (PostgresException e) when (IsOver(e))
            {
                if (time.GetElapsedTime(started) > GiveUp)
                    throw new StoreRefusedException(
                        "Somebody holds a table that has to be changed. pg_stat_activity shows the oldest transaction; end it and run this again.",
                        e
                    );
                LogWaits(log, e.MessageText);
            }
            await Task.Delay(Pause, time, cancellation);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Others use a table that has to be changed; it is tried again in 2 s: {Reason}")]
    private static partial void LogWaits(ILogger logger, string reason);
}
