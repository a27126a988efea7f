using System.Data;
using System.Data.Common;
using Npgsql;

namespace Chat.Server.Storage.Postgres;

/// <summary>
/// One transaction on a connection of its own. Its caller waits a while for the commit; the commit waits as long as its standby takes, keeps the connection and its place
/// among the writes until then, and is never cancelled.
/// </summary>
internal sealed class PostgresWrite(PostgresDatabase database, CommitNotices notices, SemaphoreSlim places)
{
    private NpgsqlConnection? _connection;
    private NpgsqlTransaction? _transaction;
    private Task? _commit;

    public async Task<T> RunAsync<T>(
        Func<DbTransaction, Task<T>> work,
        Action<T> committed,
        TimeSpan patience,
        CancellationToken cancellation
    )
    {
        ServerCall? call = null;
        var lost = new CancellationTokenSource();
        try
        {
            _connection = await database.Source.OpenConnectionAsync(cancellation);
            call = database.CallOn(_connection);
            var notice = notices.Listen(_connection);
            _transaction = await _connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellation);
            var result = await work(_transaction);
            // A statement that was being cancelled may have ended well: its cancel must not find the commit.
            cancellation.ThrowIfCancellationRequested();
            _commit = CommitAsync(call, () => committed(result), lost.Token);
            await _commit.WaitAsync(patience, CancellationToken.None);
            notice.ThrowIfHeard();
            return result;
        }
        catch (TimeoutException e) when (_commit is { IsCompleted: false })
        {
            throw new StoreUnavailableException("PostgreSQL's standby has not confirmed a commit in time.", e);
        }
        finally
        {
            if (_commit is { IsCompleted: false })
                _ = EndLaterAsync(call!, _commit, lost);
            else
                await EndAsync();
        }
    }

    /// <summary>Whoever waits for it still.</summary>
    private async Task CommitAsync(ServerCall call, Action committed, CancellationToken lost)
    {
        await PostgresDatabase.CommitAsync(_connection!, call, lost);
        committed();
    }

    private async Task EndLaterAsync(ServerCall call, Task commit, CancellationTokenSource lost)
    {
        await database.Calls.AnswerAsync(call, commit, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (commit.IsCompleted)
            await EndAsync();
        else
        {
            places.Release();
            await ServerCalls.EndAsync(_connection!, commit, lost);
        }
    }

    private async Task EndAsync()
    {
        try
        {
            if (_transaction is not null)
                await _transaction.DisposeAsync();
            if (_connection is not null)
                await _connection.DisposeAsync();
        }
        finally
        {
            places.Release();
        }
    }
}
