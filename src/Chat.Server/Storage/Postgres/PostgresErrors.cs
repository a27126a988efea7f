using System.Net.Sockets;
using System.Security.Authentication;
using Npgsql;

namespace Chat.Server.Storage.Postgres;

/// <summary>
/// Which failures are the weather (make the identical call again), which an administrator has to mend (the same, and the log says what), and which are
/// ours.
/// </summary>
internal static class PostgresErrors
{
    /// <summary>Raised by <c>log_epoch_v1()</c>.</summary>
    public const string Promoted = "CH001";

    private const string IdleInTransactionTimeout = "25P03";

    /// <summary>PostgreSQL 17 and later.</summary>
    private const string TransactionTimeout = "25P04";

    public static bool IsUnavailable(Exception e) =>
        e switch
        {
            PostgresException postgres => IsUnavailable(postgres.SqlState)
                || FindAdvice(postgres) is not null
                || IsMissingPartition(postgres),
            // Broken connections, time-outs, an exhausted pool.
            NpgsqlException or TimeoutException or SocketException or IOException => true,
            _ => IsBrokenDriver(e),
        };

    /// <summary>
    /// A server that dies in the middle of an answer can leave Npgsql's connection half torn down (seen with 10.0.3: NullReferenceException in
    /// NpgsqlDataReader.NextResult), and a statement that fails while it is being prepared can make it lose count of the answers ("unexpected backend message", a
    /// plain Exception). Nothing that went over such a connection is of use.
    /// </summary>
    public static bool IsBrokenDriver(Exception e) =>
        (e is NullReferenceException or InvalidOperationException || e.GetType() == typeof(Exception))
        && string.Equals(e.Source, "Npgsql", StringComparison.Ordinal);

    public static bool IsPromotion(Exception e) => e is PostgresException { SqlState: Promoted };

    /// <summary>The server we are connected to writes no more; connections to it are of no use, however healthy.</summary>
    public static bool IsDemotion(Exception e) =>
        e is PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.ObjectNotInPrerequisiteState };

    public static StoreUnavailableException ToUnavailable(Exception e)
    {
        if (e is PostgresException row && IsMissingPartition(row))
            return new PartitionMissingException(
                $"The log's table {row.TableName} has no partition for this conversation's month: run the command maintain.",
                e
            );
        var refused = Flatten(e).FirstOrDefault(one => FindAdvice(one) is not null);
        return refused is null
            ? new StoreUnavailableException($"PostgreSQL cannot answer now: {e.Message}", e)
            : new StoreRefusedException($"PostgreSQL refuses: {refused.Message.Split('\n')[0]}. {FindAdvice(refused)}", e);
    }

    /// <summary>
    /// Told from a broken check constraint by the place that reports it and by what it names, and not by its text, which is in the server's language.
    /// </summary>
    private static bool IsMissingPartition(PostgresException e) =>
        e is { SqlState: PostgresErrorCodes.CheckViolation, Routine: "ExecFindPartition", ConstraintName: null };

    /// <summary>What an administrator does about a failure; null for those that others have to mend, or nobody.</summary>
    private static string? FindAdvice(Exception e) =>
        e switch
        {
            PostgresException postgres => FindAdvice(postgres.SqlState),
            // The server wants a password or encryption, and the connection string has none.
            NpgsqlException { IsTransient: false, InnerException: null or AuthenticationException } =>
                "Storage:ConnectionString says how this server signs in and whether it encrypts.",
            _ => null,
        };

    private static string? FindAdvice(string state) =>
        state switch
        {
            PostgresErrorCodes.InvalidCatalogName => "Storage:ConnectionString names the database.",
            PostgresErrorCodes.InvalidSchemaName => "The schema that the role's search_path names has to be there.",
            PostgresErrorCodes.InsufficientPrivilege =>
                "The role of Storage:ConnectionString needs its rights on the database and its tables.",
            IdleInTransactionTimeout or TransactionTimeout =>
                "idle_in_transaction_session_timeout and transaction_timeout have to leave this role 10 s.",
            _ when state.StartsWith("28", StringComparison.Ordinal) =>
                "Storage:ConnectionString has the user and the password; the role needs LOGIN, and pg_hba.conf has to let it in.",
            _ when state.StartsWith("F0", StringComparison.Ordinal) => "PostgreSQL's configuration has to be mended.",
            _ => null,
        };

    /// <summary>With several hosts the driver wraps what each of them said.</summary>
    private static IEnumerable<Exception> Flatten(Exception e) =>
        e switch
        {
            AggregateException several => several.InnerExceptions.SelectMany(Flatten),
            { InnerException: AggregateException inner } => inner.InnerExceptions.SelectMany(Flatten),
            _ => [e],
        };

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
