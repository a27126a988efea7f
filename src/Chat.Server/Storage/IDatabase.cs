using System.Data.Common;

namespace Chat.Server.Storage;

/// <summary>
/// The database behind everything that is not the log: portable SQL through Dapper, one implementation for PostgreSQL and one for SQLite.
/// Infrastructure failures come out as <see cref="StoreUnavailableException"/>.
/// </summary>
internal interface IDatabase
{
    /// <summary>The few words in which the two databases differ.</summary>
    SqlDialect Dialect { get; }

    /// <summary>Runs a read on a connection of its own. Sees what was committed before the call.</summary>
    Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> work, CancellationToken cancellation);

    /// <summary>
    /// Runs a write in one transaction, committed when the delegate has returned and rolled back when it throws. A commit that a standby does not confirm in time comes
    /// out as <see cref="StoreUnavailableException"/> and goes on: it is unknown.
    /// </summary>
    /// <param name="work">What is written.</param>
    /// <param name="committed">
    /// Called once what was written can be read, also where that is long after the caller was told that it is unknown. Never after a rollback, and not where the
    /// connection breaks while it commits.
    /// </param>
    /// <param name="cancellation">Of the caller.</param>
    Task<T> WriteAsync<T>(Func<DbTransaction, Task<T>> work, Action<T> committed, CancellationToken cancellation);

    /// <summary>What an acknowledgement is worth now.</summary>
    Task<Durability> ReadDurabilityAsync(CancellationToken cancellation);
}

/// <summary>Writes that nobody is told of.</summary>
internal static class Writes
{
    /// <inheritdoc cref="IDatabase.WriteAsync"/>
    public static Task<T> WriteAsync<T>(this IDatabase database, Func<DbTransaction, Task<T>> work, CancellationToken cancellation) =>
        database.WriteAsync(work, static _ => { }, cancellation);
}

/// <summary>What portable SQL needs to know of its database.</summary>
/// <param name="Name">postgres or sqlite.</param>
/// <param name="ForUpdate">Appended to a SELECT that locks its rows until the transaction ends; empty where the transaction is the lock.</param>
/// <param name="SkipLocked">Appended to that: leaves out what another transaction works on.</param>
internal sealed record SqlDialect(string Name, string ForUpdate, string SkipLocked)
{
    public static SqlDialect Postgres { get; } = new("postgres", " FOR NO KEY UPDATE", " SKIP LOCKED");

    public static SqlDialect Sqlite { get; } = new("sqlite", "", "");

    /// <summary>
    /// A statement that makes transactions of the same text parameter run one after the other: what the later ones read after it is what the earlier ones have
    /// committed.
    /// </summary>
    public string OneByOne(string parameter) =>
        ReferenceEquals(this, Postgres) ? $"SELECT pg_advisory_xact_lock(hashtextextended(@{parameter}, 0))" : "SELECT 1";

    /// <summary>A parameter that is JSON text.</summary>
    public string Json(string parameter) => ReferenceEquals(this, Postgres) ? $"CAST(@{parameter} AS jsonb)" : $"@{parameter}";

    /// <summary>A condition: the column is one of the UUIDs of an array parameter.</summary>
    public string Among(string column, string parameter) =>
        ReferenceEquals(this, Postgres) ? $"{column} = ANY(@{parameter})" : $"{column} IN (SELECT value FROM json_each(@{parameter}))";

    /// <summary>The parameter for <see cref="Among"/>.</summary>
    public object Ids(IEnumerable<Guid> ids) =>
        ReferenceEquals(this, Postgres) ? ids.ToArray() : "[" + string.Join(',', ids.Select(id => $"\"{id}\"")) + "]";
}

/// <summary>The store cannot answer now; the identical call may be made again (its outcome is unknown, and idempotency makes that safe).</summary>
internal class StoreUnavailableException : Exception
{
    public StoreUnavailableException() { }

    public StoreUnavailableException(string message)
        : base(message) { }

    public StoreUnavailableException(string message, Exception inner)
        : base(message, inner) { }
}

/// <summary>The store refuses until somebody who administers it mends what the message names: an outage for callers, and no state to start in.</summary>
internal sealed class StoreRefusedException(string message, Exception inner) : StoreUnavailableException(message, inner);

/// <summary>The store cannot take one conversation's events, and all else works. Not worth a retry while others wait.</summary>
internal sealed class PartitionMissingException(string message, Exception inner) : StoreUnavailableException(message, inner);

/// <summary>The database, its file or its folder is none that this server can work with; the message says what to do.</summary>
internal class UnfitDatabaseException(string message, Exception? inner = null) : Exception(message, inner);
