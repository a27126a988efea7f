using System.Net.Sockets;
using Npgsql;

namespace Chat.Server.Storage.Postgres;

/// <summary>Which failures are the weather (make the identical call again) and which are ours.</summary>
internal static class PostgresErrors
{
    /// <summary>Raised by <c>log_epoch_v1()</c>.</summary>
    public const string Promoted = "CH001";

    public static bool IsUnavailable(Exception e) =>
        e switch
        {
            PostgresException postgres => IsUnavailable(postgres.SqlState),
            // Broken connections, time-outs, an exhausted pool.
            NpgsqlException or TimeoutException or SocketException or IOException => true,
            _ => IsBrokenDriver(e),
        };

    /// <summary>
    /// A server that dies in the middle of an answer can leave Npgsql's connection half torn down (seen with 10.0.3: NullReferenceException in
    /// NpgsqlDataReader.NextResult). Nothing that went over such a connection is of use.
    /// </summary>
    public static bool IsBrokenDriver(Exception e) =>
        e is NullReferenceException or InvalidOperationException && string.Equals(e.Source, "Npgsql", StringComparison.Ordinal);

    public static bool IsPromotion(Exception e) => e is PostgresException { SqlState: Promoted };

    /// <summary>The server we are connected to writes no more; connections to it are of no use, however healthy.</summary>
    public static bool IsDemotion(Exception e) =>
        e is PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.ObjectNotInPrerequisiteState };

    public static StoreUnavailableException ToUnavailable(Exception e) => new($"PostgreSQL cannot answer now: {e.Message}", e);

    private static bool IsUnavailable(string state) =>
        state
            is PostgresErrorCodes.SerializationFailure
                or PostgresErrorCodes.DeadlockDetected
                or PostgresErrorCodes.LockNotAvailable
                or PostgresErrorCodes.QueryCanceled
                or PostgresErrorCodes.ReadOnlySqlTransaction
                // "recovery is in progress", from the functions that look at the write-ahead log.
                or PostgresErrorCodes.ObjectNotInPrerequisiteState
                or Promoted
        || state.StartsWith("08", StringComparison.Ordinal)
        || state.StartsWith("53", StringComparison.Ordinal)
        || state.StartsWith("57P", StringComparison.Ordinal)
        || state.StartsWith("58", StringComparison.Ordinal);
}
