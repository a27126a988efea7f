using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Chat.LoadTests.Sockets;
using Chat.Testing.Nodes;
using Chat.Testing.Services;

namespace Chat.LoadTests.W3;

/// <param name="Nodes">Server processes.</param>
/// <param name="Conversations">Each with two sockets, on different nodes.</param>
/// <param name="Seconds">Of one measured period.</param>
/// <param name="WarmUp">Seconds before.</param>
/// <param name="Rate">Messages a second; 0: closed loop.</param>
/// <param name="Repeat">Measured periods.</param>
/// <param name="Json">Where the figures go, or null.</param>
/// <param name="Settings">NAME=VALUE for the nodes.</param>
internal sealed record DurableChatOptions(
    int Nodes,
    int Conversations,
    int Seconds,
    int WarmUp,
    int Rate,
    int Repeat,
    FileInfo? Json,
    IReadOnlyList<string> Settings
);

/// <summary>
/// W3: a private PostgreSQL that syncs, a private Redis, nodes as processes, and messages from visitors to operators on other nodes. A run with loss
/// throws and so has no score.
/// </summary>
internal static class DurableChat
{
    private const int Operators = 4;
    private static readonly TimeSpan PingEvery = TimeSpan.FromSeconds(10);

    public static async Task<int> RunAsync(DurableChatOptions options)
    {
        // Whatever goes wrong, nothing runs on for ever.
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(120 + options.WarmUp + options.Repeat * (options.Seconds + 20)));
        var cancellation = limit.Token;
        await using var postgres = await PostgresService.StartOwnAsync();
        await using var redis = await RedisService.StartOwnAsync();
        var database = await postgres.CreateDatabaseAsync();
        await using var cluster = await ChatCluster.StartAsync(database, redis.Configuration, options.Nodes, Settings(options));
        var pairs = await ConnectAsync(cluster, options.Conversations, cancellation);
        try
        {
            var meter = await CpuMeter.CreateAsync(cluster.Nodes.Select(node => node.Id), database, redis.Configuration, cancellation);
            var generator = new Generator(pairs);
            Measure(generator, options, options.WarmUp);
            Report.WriteHead();
            var periods = new List<Figures>();
            for (var i = 0; i < options.Repeat; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                var (cpu, allocated, sent, started) = (
                    meter.Read(),
                    await Metrics.AllocatedAsync(cluster.Nodes, cancellation),
                    Sent(pairs),
                    Stopwatch.GetTimestamp()
                );
                var latencies = Measure(generator, options, options.Seconds);
                var elapsed = Stopwatch.GetElapsedTime(started);
                var messages = Sent(pairs) - sent;
                var used = meter.Read().ToDictionary(c => c.Key, c => (c.Value - cpu[c.Key]) / messages);
                var bytes = await Metrics.AllocatedAsync(cluster.Nodes, cancellation) - allocated;
                var figures = new Figures(
                    messages,
                    messages / elapsed.TotalSeconds,
                    used,
                    used.Values.Sum() - used["generator"],
                    bytes / messages,
                    Percentiles.Of(latencies.Acknowledged),
                    Percentiles.Of(latencies.Delivered)
                );
                Report.Write(figures);
                periods.Add(figures);
            }
            var stored = await Oracle.CheckAsync(database, pairs, cancellation);
            Console.WriteLine($"{stored} messages: each stored once and delivered in order, no gaps.");
            if (options.Json is { } file)
                await Report.SaveAsync(file, options, periods, cancellation);
            return 0;
        }
        finally
        {
            foreach (var pair in pairs)
                pair.Dispose();
        }
    }

    private static Latencies Measure(Generator generator, DurableChatOptions options, int seconds)
    {
        var duration = TimeSpan.FromSeconds(seconds);
        return options.Rate == 0 ? generator.RunClosedLoop(duration) : generator.RunSchedule(duration, options.Rate);
    }

    private static long Sent(IReadOnlyList<Pair> pairs) => pairs.Sum(pair => (long)pair.Sent);

    private static Dictionary<string, string?> Settings(DurableChatOptions options)
    {
        const string unlimited = "1000000";
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["RateLimits__ChangesPerSecond"] = unlimited,
            ["RateLimits__ChangesBurst"] = unlimited,
            ["RateLimits__CallsPerSecond"] = unlimited,
            ["RateLimits__CallsBurst"] = unlimited,
            // As in production; the cluster's defaults are those of tests of faults.
            ["Bus__Redis__HeartbeatInterval"] = null,
            ["Bus__Redis__RebuildAfter"] = null,
            ["Repair__PeriodWhileDown"] = null,
        };
        foreach (var setting in options.Settings)
        {
            var parts = setting.Split('=', 2);
            settings[parts[0]] = parts[1];
        }
        return settings;
    }

    private static async Task<IReadOnlyList<Pair>> ConnectAsync(ChatCluster cluster, int count, CancellationToken cancellation)
    {
        var tokens = new List<string>();
        for (var i = 0; i < Operators; i++)
        {
            var access = await cluster.AddOperatorAsync($"Load{i}");
            tokens.Add((await access.SignInAsync()).Token);
        }
        var pairs = new Pair?[count];
        await using var pings = TimeProvider.System.CreateTimer(_ => PingAll(pairs), null, PingEvery, PingEvery);
        await Parallel.ForEachAsync(
            Enumerable.Range(0, count),
            new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancellation },
            async (i, _) =>
            {
                var (near, far) = (cluster.Nodes[i % cluster.Nodes.Count], cluster.Nodes[(i + 1) % cluster.Nodes.Count]);
                var session = await cluster.NewVisitorAsync(node: near);
                pairs[i] = Connect(i, near.BaseAddress, session.Token, far.BaseAddress, tokens[i % tokens.Count]);
            }
        );
        return pairs!;
    }

    private static void PingAll(Pair?[] pairs)
    {
        foreach (var pair in pairs)
        {
            pair?.Visitor.Ping();
            pair?.Operator.Ping();
        }
    }

    private static Pair Connect(int number, Uri near, string visitorToken, Uri far, string operatorToken)
    {
        var hello = $"{{\"protocol\":1,\"deviceId\":\"{Guid.NewGuid()}\"}}";
        var visitor = HubSocket.Connect(near, "/hubs/visitor", visitorToken);
        visitor.Call("Hello", hello);
        var opened = visitor.Call("OpenConversation", $"{{\"clientId\":\"{Guid.NewGuid()}\",\"topic\":\"W3\"}}");
        using var json = JsonDocument.Parse(opened);
        var id = json.RootElement.GetProperty("result").GetProperty("page").GetProperty("conversation").GetProperty("id").GetGuid();
        var receiver = HubSocket.Connect(far, "/hubs/operator", operatorToken);
        receiver.Call("Hello", hello);
        receiver.Call("Open", $"{{\"conversationId\":\"{id}\"}}");
        return new Pair(number, id, visitor, receiver);
    }
}
