using Chat.Testing.Nodes;
using Chat.Testing.Processes;
using Npgsql;

namespace Chat.Testing.Services;

/// <summary>
/// A primary with a synchronous standby, as production has it. Between the two is a proxy that a test stalls; nodes are given both addresses and go to whichever is
/// primary.
/// </summary>
public sealed class PostgresPair : IAsyncDisposable
{
    private readonly PostgresService _primary;
    private readonly TcpProxy _replication;
    private readonly PostgresServer _standby;
    private bool _isFailedOver;

    private PostgresPair(PostgresService primary, TcpProxy replication, PostgresServer standby, string database)
    {
        (_primary, _replication, _standby) = (primary, replication, standby);
        var first = new NpgsqlConnectionStringBuilder(database);
        ConnectionString = new NpgsqlConnectionStringBuilder(database)
        {
            Host = $"127.0.0.1:{first.Port},127.0.0.1:{standby.Port}",
            TargetSessionAttributes = "primary",
            HostRecheckSeconds = 1,
        }.ConnectionString;
    }

    /// <summary>An empty database of both.</summary>
    public string ConnectionString { get; }

    /// <summary>For one connection, outside every pool.</summary>
    public string Unpooled => new NpgsqlConnectionStringBuilder(ConnectionString) { Pooling = false }.ConnectionString;

    public static async Task<PostgresPair> StartAsync()
    {
        var primary = await PostgresService.StartOwnAsync();
        var database = await primary.CreateDatabaseAsync();
        var replication = TcpProxy.Start(new NpgsqlConnectionStringBuilder(database).Port);
        var pair = new PostgresPair(primary, replication, await PostgresServer.StartStandbyAsync(replication.Port), database);
        // Connections that a test stalls are not to be given up by the server.
        await pair.SetAsync("wal_sender_timeout", "0");
        await pair.SetAsync("synchronous_standby_names", "ANY 1 (standby)");
        return pair;
    }

    /// <summary>Replication becomes a black hole: nothing passes, nothing is refused.</summary>
    public void StallStandby()
    {
        _replication.Stall(Direction.FromServer);
        _replication.Stall(Direction.FromClient);
    }

    public void ResumeStandby()
    {
        _replication.Resume(Direction.FromServer);
        _replication.Resume(Direction.FromClient);
    }

    /// <summary>A line between the two that carries so many bytes a second; 0: as many as there are.</summary>
    public void NarrowStandby(int bytesPerSecond) => _replication.Narrow(bytesPerSecond);

    /// <summary>A setting of the primary, for all sessions at once.</summary>
    public async Task SetAsync(string name, string value)
    {
        await ExecuteAsync($"ALTER SYSTEM SET {name} = '{value}'");
        await ExecuteAsync("SELECT pg_reload_conf()");
    }

    public Task KillPrimaryAsync() => _primary.KillAsync();

    /// <summary>After a kill: with all that it had written, confirmed or not.</summary>
    public Task RestartPrimaryAsync() => _primary.RestartAsync();

    /// <summary>One process of the primary dies, as when memory is short: all sessions end, and it recovers without having been started again.</summary>
    public async Task CrashPrimaryAsync()
    {
        const string life = "SELECT stats_reset FROM pg_stat_bgwriter";
        var before = await QueryAsync<DateTime>(life);
        Signals.Send(await QueryAsync<int>("SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep' LIMIT 1"), Signal.Kill);
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        using var bound = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (await pause.WaitForNextTickAsync(bound.Token))
        {
            try
            {
                if (await QueryAsync<DateTime>(life) != before)
                {
                    return;
                }
            }
            catch (NpgsqlException)
            {
                // It recovers.
            }
        }
    }

    /// <summary>The primary is lost for good, and the standby takes its place with what it has.</summary>
    public async Task FailOverAsync()
    {
        await _primary.KillAsync();
        _isFailedOver = true;
        var standby = new NpgsqlConnectionStringBuilder(Unpooled)
        {
            Host = "127.0.0.1",
            Port = _standby.Port,
            TargetSessionAttributes = null,
        };
        await using var connection = new NpgsqlConnection(standby.ConnectionString);
        await connection.OpenAsync();
        await using var promote = new NpgsqlCommand("SELECT pg_promote()", connection);
        await promote.ExecuteNonQueryAsync();
    }

    /// <summary>On the primary.</summary>
    public async Task<T> QueryAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(Unpooled);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Ends when a question to the primary is answered as wanted.</summary>
    public async Task UntilAsync(string sql, Func<long, bool> wanted)
    {
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        using var bound = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (!wanted(await QueryAsync<long>(sql)))
            await pause.WaitForNextTickAsync(bound.Token);
    }

    public async ValueTask DisposeAsync()
    {
        ResumeStandby();
        if (!_isFailedOver)
            await _primary.KillAsync();
        await _standby.DisposeAsync();
        await _replication.DisposeAsync();
        await _primary.DisposeAsync();
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(Unpooled);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
