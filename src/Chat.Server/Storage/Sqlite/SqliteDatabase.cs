using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Chat.Server.Storage.Sqlite;

/// <summary>
/// One file. Writes run one after the other on a thread and connection of their own, so that they never meet a lock; reads run beside them on a few
/// read-only connections.
/// </summary>
internal sealed class SqliteDatabase : IDatabase, IDisposable
{
    private const int Readers = 4;

    private readonly SqliteWriter _writer;
    private readonly SemaphoreSlim _readers = new(Readers);
    private readonly string _readConnectionString;
    private int _disposed;

    public SqliteDatabase(DataFolder folder)
    {
        DapperMaps.Register();
        var file = new SqliteConnectionStringBuilder { DataSource = Path.Combine(folder.Path, "chat.db"), ForeignKeys = true };
        file.Pooling = false;
        _writer = new SqliteWriter(file.ConnectionString);
        file.Mode = SqliteOpenMode.ReadOnly;
        file.Pooling = true;
        _readConnectionString = file.ConnectionString;
    }

    public SqlDialect Dialect => SqlDialect.Sqlite;

    public async Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> work, CancellationToken cancellation)
    {
        await _readers.WaitAsync(cancellation);
        try
        {
            await using var connection = new SqliteConnection(_readConnectionString);
            await connection.OpenAsync(cancellation);
            return await work(connection);
        }
        catch (SqliteException e) when (SqliteErrors.IsUnavailable(e))
        {
            throw SqliteErrors.ToUnavailable(e);
        }
        finally
        {
            _readers.Release();
        }
    }

    public Task<T> WriteAsync<T>(Func<DbTransaction, Task<T>> work, CancellationToken cancellation) => _writer.RunAsync(work, cancellation);

    /// <summary>Runs on the writer's connection outside a transaction.</summary>
    public Task RunAloneAsync(Action<SqliteConnection> work, CancellationToken cancellation) => _writer.RunAloneAsync(work, cancellation);

    public void Dispose()
    {
        // The container disposes it once for each of its registrations.
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
            return;
        _writer.Dispose();
        using (var pool = new SqliteConnection(_readConnectionString))
            SqliteConnection.ClearPool(pool);
        _readers.Dispose();
    }
}

/// <summary>Which failures are the weather.</summary>
internal static class SqliteErrors
{
    private const int Busy = 5;
    private const int Locked = 6;
    private const int InputOutput = 10;
    private const int Full = 13;
    private const int CannotOpen = 14;

    public static bool IsUnavailable(SqliteException e) => e.SqliteErrorCode is Busy or Locked or InputOutput or Full or CannotOpen;

    public static StoreUnavailableException ToUnavailable(SqliteException e) => new("The database file cannot be used now.", e);
}
