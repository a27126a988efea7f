using System.Data;
using Chat.Server.Conversations;
using Npgsql;

namespace Chat.Server.Storage.Postgres;

/// <summary>
/// Appends of one lane, on a connection that it keeps. One call at a time. A call waits as long as the server works on it, which may be as long as a standby does not
/// confirm: to cancel it would end in success what is stored on one server only, and to make it again elsewhere would hold one more process of the server.
/// </summary>
internal sealed class PostgresLogWriter(PostgresDatabase database) : ILogWriter
{
    private static readonly LogChanges Changes = new(LogSql.Postgres);

    private AppendCommand _append = new();
    private WriterSession? _session;

    public Task<AppendResult[]> AppendAsync(IReadOnlyList<MessageAppend> batch, CancellationToken cancellation) =>
        batch.Count == 0
            ? Task.FromResult<AppendResult[]>([])
            : CallAsync(
                session =>
                    // Outside a transaction: the call is one round trip and one commit.
                    AnswerAsync(session, lost => _append.ExecuteAsync(session.Connection, session.Call.Mark, batch, lost), cancellation),
                cancellation
            );

    public Task<ChangeResult> ChangeAsync(ConversationChange change, CancellationToken cancellation) =>
        CallAsync(
            async session =>
            {
                var transaction = await session.Connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, CancellationToken.None);
                var result = await ApplyAsync(transaction, change);
                await AnswerAsync(session, lost => CommitAsync(session, lost), cancellation);
                await transaction.DisposeAsync();
                return result;
            },
            cancellation
        );

    public async ValueTask DisposeAsync()
    {
        await DisconnectAsync();
        _append.Dispose();
    }

    /// <summary>What is done before the commit, within the limits of the server and the driver.</summary>
    private static async Task<ChangeResult> ApplyAsync(NpgsqlTransaction transaction, ConversationChange change)
    {
        try
        {
            return await Changes.ApplyAsync(transaction, change, CancellationToken.None);
        }
        catch
        {
            await transaction.DisposeAsync();
            throw;
        }
    }

    private static async Task<bool> CommitAsync(WriterSession session, CancellationToken lost)
    {
        await PostgresDatabase.CommitAsync(session.Connection, session.Call, lost);
        return true;
    }

    private async Task<bool> CheckAsync(WriterSession session, CancellationToken lost)
    {
        await database.CheckAsync(session, lost);
        return true;
    }

    private async Task<T> CallAsync<T>(Func<WriterSession, Task<T>> call, CancellationToken cancellation)
    {
        try
        {
            var session = _session is { Connection.FullState: ConnectionState.Open } open ? open : await ConnectAsync(cancellation);
            var result = await call(session);
            session.Notice.ThrowIfHeard();
            return result;
        }
        catch (Exception e) when (PostgresErrors.IsUnavailable(e))
        {
            await DisconnectAsync();
            // A connection that is torn down in the middle of an answer can leave its command under way for ever.
            _append = new AppendCommand();
            throw await database.ToUnavailableAsync(e, cancellation);
        }
    }

    private async Task<WriterSession> ConnectAsync(CancellationToken cancellation)
    {
        await DisconnectAsync();
        var session = _session = await database.OpenSessionAsync(cancellation);
        await AnswerAsync(session, lost => CheckAsync(session, lost), cancellation);
        session.Notice.ThrowIfHeard();
        return session;
    }

    /// <summary>The call's answer, however long it takes, unless it is known that none will come, or this node stops.</summary>
    private async Task<T> AnswerAsync<T>(WriterSession session, Func<CancellationToken, Task<T>> call, CancellationToken cancellation)
    {
        var lost = new CancellationTokenSource();
        var answer = call(lost.Token);
        try
        {
            await database.Calls.AnswerAsync(session.Call, answer, cancellation);
            return await answer;
        }
        catch (OperationCanceledException) when (!answer.IsCompleted)
        {
            // It goes on as long as the process does.
            Abandon();
            throw;
        }
        catch (Exception) when (!answer.IsCompleted)
        {
            Abandon();
            _ = ServerCalls.EndAsync(session.Connection, answer, lost);
            throw;
        }
    }

    /// <summary>Leaves the connection to a call that is still on it, and the call its arrays.</summary>
    private void Abandon()
    {
        _session = null;
        _append = new AppendCommand();
    }

    private async ValueTask DisconnectAsync()
    {
        var session = _session;
        _session = null;
        if (session is not null)
            await session.Connection.DisposeAsync();
    }
}
