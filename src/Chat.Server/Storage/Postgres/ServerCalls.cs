using Npgsql;

namespace Chat.Server.Storage.Postgres;

/// <summary>
/// Waits for calls that have no time-out, because the server may work on them for as long as a standby does not confirm a commit. Whether it still does is asked of it on
/// another connection: a network that has swallowed one says nothing, and what waits there would wait for ever.
/// </summary>
internal sealed class ServerCalls(NpgsqlDataSource source, TimeSpan patience)
{
    // A call through a pooler is known by its text, since each transaction may have another process.
    private const string IsLostSql = """
        SELECT coalesce(pg_postmaster_start_time() <> $1, false) OR NOT EXISTS (
            SELECT FROM pg_stat_activity
            WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND coalesce(state, '') NOT LIKE 'idle%'
                AND (pid = $2 OR $2 = 0 AND (starts_with(query, $3) OR state = 'disabled'))
        )
        """;

    /// <summary>Ends with the answer, whatever it is, or once it is known that none will come.</summary>
    public async Task AnswerAsync(ServerCall call, Task answer, CancellationToken cancellation)
    {
        while (!answer.IsCompleted)
        {
            try
            {
                await answer.WaitAsync(patience, cancellation);
            }
            catch (TimeoutException e) when (!answer.IsCompleted)
            {
                if (await IsLostAsync(call, cancellation))
                    throw new StoreUnavailableException("PostgreSQL no longer works on a call that it has not answered.", e);
            }
        }
        await answer;
    }

    /// <summary>Ends a connection after a call on it. One that is lost is ended with it: nothing works on it any more, so that this cancels nothing.</summary>
    public static async Task EndAsync(NpgsqlConnection connection, Task call, CancellationTokenSource lost)
    {
        if (!call.IsCompleted)
            await lost.CancelAsync();
        await call.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await connection.DisposeAsync();
        lost.Dispose();
    }

    /// <summary>While the server cannot be asked, nobody knows.</summary>
    private async Task<bool> IsLostAsync(ServerCall call, CancellationToken cancellation)
    {
        try
        {
            await using var connection = await source.OpenConnectionAsync(cancellation);
            await using var ask = new NpgsqlCommand(IsLostSql, connection);
            ask.Parameters.Add(new NpgsqlParameter<DateTime?> { TypedValue = call.ServerStart });
            ask.Parameters.Add(new NpgsqlParameter<int> { TypedValue = call.Process });
            ask.Parameters.Add(new NpgsqlParameter<string> { TypedValue = call.Mark });
            return (bool)(await ask.ExecuteScalarAsync(cancellation))!;
        }
        catch (Exception e) when (PostgresErrors.IsUnavailable(e))
        {
            return false;
        }
    }
}

/// <summary>What the server knows a call by.</summary>
/// <param name="Process">The server's process; 0 through a pooler, which gives each transaction another.</param>
/// <param name="Mark">Through a pooler, what the call's text begins with; else nothing, so that its plan is kept.</param>
/// <param name="ServerStart">When the server started that it goes to, where that is known: no two servers, and no two lives of one, have the same.</param>
internal sealed record ServerCall(int Process, string Mark, DateTime? ServerStart = null)
{
    public static ServerCall On(NpgsqlConnection connection, bool isPooled, DateTime? serverStart = null) =>
        isPooled ? new ServerCall(0, $"/* {Guid.NewGuid():N} */ ", serverStart) : new ServerCall(connection.ProcessID, "", serverStart);
}
