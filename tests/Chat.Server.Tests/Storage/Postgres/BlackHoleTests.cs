using Chat.Server.Storage;
using Chat.Testing.Nodes;
using Chat.Testing.Services;
using Dapper;
using Npgsql;

namespace Chat.Server.Tests.Storage.Postgres;

/// <summary>
/// Connections that a network swallows while the server works on a call without a time-out, as when its machine loses power: nothing is refused, nothing ever comes. New
/// connections go to a server that works.
/// </summary>
public sealed class BlackHoleTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(90);

    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task Commits_that_are_lost_with_their_connections_leave_their_places_to_others()
    {
        const int many = 16;
        await using var scene = await HoleScene.StartAsync(isPooled: false);
        var (begun, stranded) = (0, new TaskCompletionSource());

        var writes = Enumerable
            .Range(0, many)
            .Select(_ =>
                scene.Store.Database.WriteAsync(
                    async transaction =>
                    {
                        await transaction.Connection!.ExecuteAsync("SELECT 1", transaction: transaction);
                        if (Interlocked.Increment(ref begun) == many)
                        {
                            scene.Proxy.Strand();
                            stranded.SetResult();
                        }
                        await stranded.Task;
                        return 0;
                    },
                    None
                )
            )
            .ToList();
        foreach (var write in writes)
            await Assert.ThrowsAsync<StoreUnavailableException>(() => write);

        await UntilAsync(() => scene.Store.Database.WriteAsync(_ => Task.FromResult(0), None));
    }

    [Fact]
    public async Task A_look_at_a_server_that_is_lost_with_its_connection_does_not_end_reading()
    {
        await using var scene = await HoleScene.StartAsync(isPooled: false);
        await using var holder = await scene.OpenAsync();
        // As after a start of the server: reads wait for the look, which waits for the lock as it would for a standby.
        await holder.ExecuteAsync("UPDATE log_state SET server_start = NULL");
        await using var holding = await holder.BeginTransactionAsync(None);
        await holder.ExecuteAsync("SELECT FROM log_state FOR UPDATE", transaction: holding);

        var read = scene.Store.Log.ReadEpochAsync(None);
        await scene.UntilSomebodyWaitsAsync();
        scene.Proxy.Strand();
        await holding.CommitAsync(None);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => read);

        await UntilAsync(() => scene.Store.Log.ReadEpochAsync(None));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_append_that_is_lost_with_its_connection_is_made_again_on_another(bool isPooled)
    {
        await using var scene = await HoleScene.StartAsync(isPooled);
        await using var log = await LogScene.CreateAsync(scene.Store);
        var id = await log.OpenAsync();
        await log.AppendOneAsync(LogScene.Message(id, log.Visitor));
        var message = LogScene.Message(id, log.Visitor);
        await using var holder = await scene.OpenAsync();
        await using var holding = await holder.BeginTransactionAsync(None);
        await holder.ExecuteAsync("SELECT FROM conversation FOR UPDATE", transaction: holding);

        var append = log.AppendOneAsync(message);
        await scene.UntilSomebodyWaitsAsync();
        scene.Proxy.Strand();
        await holding.CommitAsync(None);

        await Assert.ThrowsAsync<StoreUnavailableException>(() => append.WaitAsync(Bound));
        Assert.Equal(
            (AppendStatus.Duplicate, 3),
            await UntilAsync(async () =>
            {
                var result = await log.AppendOneAsync(message);
                return (result.Status, result.Seq);
            })
        );
    }

    [Fact]
    public async Task Reads_that_have_all_connections_do_not_keep_the_look_from_one()
    {
        await using var scene = await HoleScene.StartAsync(isPooled: false, "Maximum Pool Size=4");
        await using (var direct = await scene.OpenAsync())
            await direct.ExecuteAsync("UPDATE log_state SET server_start = NULL");

        var reads = Enumerable.Range(0, 8).Select(_ => scene.Store.Log.ReadEpochAsync(None));

        Assert.Equal(8, (await Task.WhenAll(reads)).Length);
    }

    [Fact]
    public async Task Commits_that_wait_leave_readers_connections_of_a_small_pool()
    {
        await using var scene = await HoleScene.StartAsync(isPooled: false, "Maximum Pool Size=10");
        var (waiting, answered) = (0, new TaskCompletionSource());
        var writes = Enumerable
            .Range(0, 16)
            .Select(_ =>
                scene.Store.Database.WriteAsync(
                    async _ =>
                    {
                        Interlocked.Increment(ref waiting);
                        await answered.Task;
                        return 0;
                    },
                    None
                )
            )
            .ToList();

        var epoch = await scene.Store.Log.ReadEpochAsync(None);
        answered.SetResult();
        foreach (var write in writes)
            await Record.ExceptionAsync(() => write);

        Assert.Equal(1, epoch);
        Assert.InRange(waiting, 1, 16);
    }

    /// <summary>Outages end.</summary>
    internal static async Task<T> UntilAsync<T>(Func<Task<T>> call)
    {
        using var bound = new CancellationTokenSource(Bound);
        while (true)
        {
            try
            {
                return await call();
            }
            catch (StoreUnavailableException) when (!bound.IsCancellationRequested)
            {
                // Its own patience is the pause.
            }
        }
    }

    private sealed class HoleScene(string direct, TcpProxy proxy, OwnStore store) : IAsyncDisposable
    {
        public TcpProxy Proxy => proxy;

        public OwnStore Store => store;

        public static async Task<HoleScene> StartAsync(bool isPooled, string settings = "")
        {
            var direct = await (await PostgresService.SharedAsync()).CreateDatabaseAsync();
            var proxy = TcpProxy.Start(new NpgsqlConnectionStringBuilder(direct).Port);
            var through = new NpgsqlConnectionStringBuilder($"{direct};{settings}") { Host = "127.0.0.1", Port = proxy.Port };
            var store = new OwnStore(through.ConnectionString, isPooled ? direct : null);
            await store.InitializeAsync();
            return new HoleScene(direct, proxy, store);
        }

        public async Task<NpgsqlConnection> OpenAsync()
        {
            var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(direct) { Pooling = false }.ConnectionString);
            await connection.OpenAsync(None);
            return connection;
        }

        public async Task UntilSomebodyWaitsAsync()
        {
            await using var connection = await OpenAsync();
            using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
            using var bound = new CancellationTokenSource(Bound);
            while (
                !await connection.ExecuteScalarAsync<bool>(
                    "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')"
                )
            )
                await pause.WaitForNextTickAsync(bound.Token);
        }

        public async ValueTask DisposeAsync()
        {
            await proxy.DisposeAsync();
            await store.DisposeAsync();
        }
    }
}
