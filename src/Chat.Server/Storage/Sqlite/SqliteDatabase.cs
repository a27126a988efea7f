using System.Data.Common;
using Dapper;
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
    private readonly FileWatch _files;
    private readonly SemaphoreSlim _readers = new(Readers);
    private readonly string _readConnectionString;
    private int _disposed;

    public SqliteDatabase(DataFolder folder)
    {
        DapperMaps.Register();
        var file = new SqliteConnectionStringBuilder { DataSource = folder.DatabaseFile, ForeignKeys = true };
        file.Pooling = false;
        _files = new FileWatch(folder.DatabaseFile);
        try
        {
            _writer = new SqliteWriter(file.ConnectionString, _files);
        }
        catch (SqliteException e)
        {
            throw new UnfitDatabaseException($"{folder.DatabaseFile} (Storage:DataFolder) cannot be opened: {e.Message}", e);
        }
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
            // First: where the file is gone, one that is replaced must not be opened.
            _files.Check();
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

    public Task<T> WriteAsync<T>(Func<DbTransaction, Task<T>> work, Action<T> committed, CancellationToken cancellation) =>
        _writer.RunAsync(work, committed, cancellation);

    public Task<Durability> ReadDurabilityAsync(CancellationToken cancellation) =>
        ReadAsync(
            async connection =>
            {
                await connection.ExecuteScalarAsync<int>(new CommandDefinition("SELECT 1", cancellationToken: cancellation));
                return new Durability(1, "synchronous=FULL");
            },
            cancellation
        );

    /// <summary>Runs on the writer's connection outside a transaction.</summary>
    public Task RunAloneAsync(Action<SqliteConnection> work, CancellationToken cancellation) => _writer.RunAloneAsync(work, cancellation);

    public void Dispose()
    {
        // The container disposes it once for each of its registrations.
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
            return;
        // Readers first: the last connection to close moves all that is in the journal into the file, and a reader may not.
        using (var pool = new SqliteConnection(_readConnectionString))
            SqliteConnection.ClearPool(pool);
        _writer.Dispose();
        _files.Dispose();
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
