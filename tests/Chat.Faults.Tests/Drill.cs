using System.Collections.Concurrent;
using System.Diagnostics;
using Chat.Contracts;
using Chat.Testing.Clients;
using Chat.Testing.Nodes;
using Chat.Testing.Services;

namespace Chat.Faults.Tests;

/// <summary>
/// Nodes behind HAProxy, with the drain of the chart in a shorter window, and visitors who send at a steady rate and measure each send from its
/// start to its acknowledgement.
/// </summary>
internal sealed class Drill : IAsyncDisposable
{
    private readonly PostgresService _postgres;
    private readonly RedisService _redis;
    private readonly HaproxyService _proxy;
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<ChatClient> _clients = [];
    private readonly ConcurrentQueue<TimeSpan> _sends = new();
    private readonly string _database;
    private Task _sending = Task.CompletedTask;

    private Drill(PostgresService postgres, RedisService redis, string database, ChatCluster cluster, HaproxyService proxy) =>
        (_postgres, _redis, _database, Cluster, _proxy) = (postgres, redis, database, cluster, proxy);

    public static TimeSpan Window { get; } = TimeSpan.FromSeconds(FaultScene.IsLong ? 60 : 6);

    public ChatCluster Cluster { get; }

    public PostgresService Postgres => _postgres;

    public RedisService Redis => _redis;

    public HaproxyService Proxy => _proxy;

    public IReadOnlyList<ChatClient> Clients => _clients;

    /// <summary>How long each acknowledged send took, repeats included.</summary>
    public IReadOnlyCollection<TimeSpan> Sends => _sends;

    /// <param name="clients">How many.</param>
    /// <param name="messagesPerSecond">Of all of them.</param>
    /// <param name="nodes">How many.</param>
    /// <param name="connectsPerSecond">How many sockets each node lets in at once and again each second; 0: all.</param>
    public static async Task<Drill> StartAsync(int clients, int messagesPerSecond, int nodes = 3, int connectsPerSecond = 0)
    {
        var (postgres, redis) = (await PostgresService.StartOwnAsync(), await RedisService.StartOwnAsync());
        var database = await postgres.CreateDatabaseAsync();
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Drain__Propagation"] = "00:00:01",
            ["Drain__Window"] = Window.ToString("c"),
            ["Drain__CloseAfter"] = "00:00:01",
            ["Repair__Period"] = "00:00:03",
            ["RateLimits__ChangesPerSecond"] = "1000",
            ["RateLimits__ChangesBurst"] = "2000",
            ["Admission__ConnectsPerSecond"] = $"{connectsPerSecond}",
            ["Admission__ConnectBurst"] = $"{Math.Max(1, connectsPerSecond)}",
        };
        var cluster = await ChatCluster.StartAsync(database, redis.Configuration, nodes, settings);
        var drill = new Drill(postgres, redis, database, cluster, await HaproxyService.StartAsync(cluster.Nodes));
        await drill.SendAsync(clients, messagesPerSecond);
        return drill;
    }

    /// <summary>When each of these clients is sent away, from now on: seconds, ascending. Ends with the given task.</summary>
    public async Task<IReadOnlyList<double>> DeparturesAsync(Task until)
    {
        var started = Stopwatch.GetTimestamp();
        var moments = new ConcurrentBag<double>();
        foreach (var client in _clients)
        {
            var before = SentAway(client);
            _ = client
                .UntilAsync(() => SentAway(client) > before, "is sent away", Timeout.InfiniteTimeSpan)
                .ContinueWith(_ => moments.Add(Stopwatch.GetElapsedTime(started).TotalSeconds), TaskScheduler.Default);
        }
        await until;
        return [.. moments.Order()];
    }

    /// <summary>When each of these clients has a new connection, from now on: seconds, ascending.</summary>
    public async Task<IReadOnlyList<double>> ReturnsAsync()
    {
        var started = Stopwatch.GetTimestamp();
        var moments = await Task.WhenAll(
            _clients.Select(async client =>
            {
                var before = client.Reconnects;
                await client.UntilAsync(() => client.Reconnects > before, "is back");
                return Stopwatch.GetElapsedTime(started).TotalSeconds;
            })
        );
        return [.. moments.Order()];
    }

    /// <summary>A metric, summed over these nodes.</summary>
    public static async Task<double> SumAsync(IEnumerable<ChatNode> nodes, string metric) =>
        (await Task.WhenAll(nodes.Select(node => node.UntilMetricAsync(metric, _ => true)))).Sum();

    /// <summary>Waits until these nodes have the sockets of all clients.</summary>
    public async Task UntilAllAreOnAsync(IReadOnlyCollection<ChatNode> nodes)
    {
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        using var bound = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while ((int)await SumAsync(nodes, "chat_connections") != _clients.Count)
            await pause.WaitForNextTickAsync(bound.Token);
    }

    /// <summary>Waits until so many more sends were acknowledged.</summary>
    public async Task MoreAsync(int sends)
    {
        var goal = _sends.Count + sends;
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        using var bound = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (_sends.Count < goal)
            await pause.WaitForNextTickAsync(bound.Token);
    }

    /// <summary>Ends the load and compares every client with the log.</summary>
    public async Task VerifyAsync()
    {
        await _stopping.CancelAsync();
        await _sending;
        var log = await StoredLog.ReadAsync(_database);
        await Task.WhenAll(_clients.Select(client => client.CatchUpAsync(log, TimeSpan.FromSeconds(90))));
        Oracle.Verify(log, _clients, "", commitsWereLost: false);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_clients.Select(client => client.DisposeAsync().AsTask()));
        await _sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _proxy.DisposeAsync();
        await Cluster.DisposeAsync();
        await _redis.DisposeAsync();
        await _postgres.DisposeAsync();
        _stopping.Dispose();
    }

    private static int SentAway(ChatClient client) => client.Pushes.Count(push => push.Push is GoAway { Reason: "drain" });

    private async Task SendAsync(int clients, int messagesPerSecond)
    {
        for (var i = 0; i < clients; i++)
        {
            var session = await Cluster.NewVisitorAsync();
            var client = ChatClient.Visitor(() => _proxy.Address, () => Task.FromResult(session.Token));
            client.Name = $"visitor {i}";
            client.Patience = TimeSpan.FromMinutes(2);
            _clients.Add(client);
        }
        var conversations = await Task.WhenAll(_clients.Select(client => client.OpenConversationAsync()));
        var pace = TimeSpan.FromSeconds((double)clients / messagesPerSecond);
        _sending = Task.WhenAll(_clients.Select((client, i) => SendAsync(client, conversations[i], pace)));
    }

    private async Task SendAsync(ChatClient client, ConversationId id, TimeSpan pace)
    {
        using var timer = new PeriodicTimer(pace);
        for (var i = 0; !_stopping.IsCancellationRequested; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await client.SendAsync(id, $"message {i}");
            _sends.Enqueue(Stopwatch.GetElapsedTime(started));
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }
}
