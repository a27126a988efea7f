using System.Collections.Concurrent;
using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Chat.Server.Storage.Sqlite;

/// <summary>
/// The one writer. SQLite's async methods block, so they get a thread of their own and not one of the pool. An answer is durable: the journal is
/// synced with every commit.
/// </summary>
internal sealed class SqliteWriter : IDisposable
{
    /// <summary>More than all lanes and connections of a node can have in flight; beyond it callers are told to come again.</summary>
    private const int Queue = 4_096;

    private readonly BlockingCollection<Action> _queue = new(Queue);
    private readonly FileWatch _files;
    private readonly SqliteConnection _connection;
    private readonly Thread _thread;

    public SqliteWriter(string connectionString, FileWatch files)
    {
        _files = files;
        _connection = new SqliteConnection(connectionString);
        try
        {
            _connection.Open();
            _connection.Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000;");
            // Makes the journal, so that it is known from the first commit on.
            _connection.ExecuteScalar<long>("SELECT count(*) FROM sqlite_master");
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
        _thread = new Thread(Run) { IsBackground = true, Name = "sqlite writer" };
        _thread.Start();
    }

    public Task<T> RunAsync<T>(Func<DbTransaction, Task<T>> work, Action<T> committed, CancellationToken cancellation) =>
        Enqueue(
            async () =>
            {
                // Not deferred, that is BEGIN IMMEDIATE.
                await using var transaction = _connection.BeginTransaction(deferred: false);
                var result = await work(transaction);
                _files.Check();
                await transaction.CommitAsync(CancellationToken.None);
                committed(result);
                // What went into a file without a name is not acknowledged.
                _files.Check();
                return result;
            },
            cancellation
        );

    public Task RunAloneAsync(Action<SqliteConnection> work, CancellationToken cancellation) =>
        Enqueue(
            () =>
            {
                work(_connection);
                return Task.FromResult(true);
            },
            cancellation
        );

    /// <summary>May come twice: the container holds this under two of its types.</summary>
    public void Dispose()
    {
        if (_queue.IsAddingCompleted)
            return;
        _queue.CompleteAdding();
        _thread.Join();
        // The file alone is then the whole database, for whoever copies it from a stopped server.
        _connection.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        _connection.Dispose();
    }

    private Task<T> Enqueue<T>(Func<Task<T>> work, CancellationToken cancellation)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        void Execute()
        {
            var task = CompleteAsync(work, done, cancellation);
            // SQLite never makes it wait. Should the work await something else, the next one still has to wait for it: they share the connection.
            if (!task.IsCompleted)
                ((IAsyncResult)task).AsyncWaitHandle.WaitOne();
        }

        try
        {
            if (!_queue.TryAdd(Execute))
                throw new StoreUnavailableException("Too many writes wait for the database file.");
        }
        catch (InvalidOperationException e)
        {
            throw new StoreUnavailableException("The database file is closed.", e);
        }
        return done.Task;
    }

    private static async Task CompleteAsync<T>(Func<Task<T>> work, TaskCompletionSource<T> done, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
        {
            done.TrySetCanceled(cancellation);
            return;
        }
        try
        {
            done.TrySetResult(await work());
        }
        catch (OperationCanceledException e)
        {
            done.TrySetCanceled(e.CancellationToken);
        }
        catch (SqliteException e) when (SqliteErrors.IsUnavailable(e))
        {
            done.TrySetException(SqliteErrors.ToUnavailable(e));
        }
        catch (Exception e)
        {
            done.TrySetException(e);
        }
    }

    private void Run()
    {
        foreach (var execute in _queue.GetConsumingEnumerable())
            execute();
    }
}
