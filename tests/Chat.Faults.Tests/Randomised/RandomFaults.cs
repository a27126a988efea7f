using System.Collections.Concurrent;
using System.Diagnostics;
using Chat.Testing.Services;

namespace Chat.Faults.Tests.Randomised;

/// <summary>Breaks things in two lanes at once: the services on one, nodes and sockets on the other. Each lane heals what it broke before it goes on.</summary>
internal sealed class RandomFaults(FaultScene scene, RedisService redis, TimeSpan duration, Action<string> say)
{
    private readonly long _started = Stopwatch.GetTimestamp();

    /// <summary>How often each fault happened.</summary>
    public ConcurrentDictionary<string, int> Happened { get; } = new(StringComparer.Ordinal);

    /// <summary>Lines of nodes that somebody would have to act upon.</summary>
    public ConcurrentQueue<string> NodeErrors { get; } = new();

    public Task RunAsync(int seed) =>
        Task.WhenAll(
            RunLaneAsync(
                new Random(seed),
                new(StringComparer.Ordinal)
                {
                    ["redis killed"] = KillRedisAsync,
                    ["redis paused"] = PauseRedisAsync,
                    ["postgres killed"] = KillPostgresAsync,
                    ["postgres connections cut"] = CutPostgresAsync,
                }
            ),
            RunLaneAsync(
                new Random(seed + 1),
                new(StringComparer.Ordinal)
                {
                    ["node killed"] = KillNodeAsync,
                    ["node terminated"] = TerminateNodeAsync,
                    ["node paused"] = PauseNodeAsync,
                    ["sockets cut"] = CutSocketsAsync,
                    ["clients dropped"] = DropClientsAsync,
                }
            )
        );

    public void CollectErrors(int node)
    {
        foreach (var line in scene.Cluster.Nodes[node].Output.Split('\n').Where(IsError))
            NodeErrors.Enqueue($"node {node}: {line[..Math.Min(line.Length, 800)]}");
    }

    private static bool IsError(string line) =>
        line.Contains("\"log.level\":\"error\"", StringComparison.Ordinal)
        || line.Contains("\"log.level\":\"fatal\"", StringComparison.Ordinal)
        || line.StartsWith("Unhandled exception", StringComparison.Ordinal);

    /// <summary>All kinds in random order, then again, until the time is over; every kind at least once.</summary>
    private async Task RunLaneAsync(Random random, Dictionary<string, Func<Random, Task>> kinds)
    {
        var first = true;
        while (first || Stopwatch.GetElapsedTime(_started) < duration)
        {
            var names = kinds.Keys.ToArray();
            random.Shuffle(names);
            foreach (var name in names)
            {
                if (!first && Stopwatch.GetElapsedTime(_started) >= duration)
                    return;
                await Task.Delay(random.Next(200, 900));
                var started = Stopwatch.GetTimestamp();
                await kinds[name](random);
                Happened.AddOrUpdate(name, 1, (_, count) => count + 1);
                say(
                    $"{Stopwatch.GetElapsedTime(_started, started).TotalSeconds, 5:0.0} s  {name}, healed after "
                        + $"{Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s"
                );
            }
            first = false;
        }
    }

    // The delays below are how long a fault lasts, which is part of the fault: nothing waits for them.

    private async Task KillRedisAsync(Random random)
    {
        await redis.KillAsync();
        await Task.Delay(random.Next(200, 1500));
        await redis.RestartAsync();
    }

    private async Task PauseRedisAsync(Random random)
    {
        await redis.PauseAsync();
        await Task.Delay(FaultScene.IsLong ? 5000 : 2500);
        await redis.ResumeAsync();
    }

    private async Task KillPostgresAsync(Random random)
    {
        await scene.Postgres.KillAsync();
        await Task.Delay(random.Next(50, 800));
        await scene.Postgres.RestartAsync();
    }

    private Task CutPostgresAsync(Random random)
    {
        scene.DatabaseProxy.CutAll();
        return Task.CompletedTask;
    }

    private async Task KillNodeAsync(Random random)
    {
        var node = random.Next(2);
        CollectErrors(node);
        scene.Cluster.Nodes[node].Kill();
        await Task.Delay(random.Next(50, 500));
        await scene.Cluster.Nodes[node].RestartAsync();
    }

    private async Task TerminateNodeAsync(Random random)
    {
        var node = random.Next(2);
        scene.Cluster.Nodes[node].Terminate();
        var code = await scene.Cluster.Nodes[node].WaitForExitAsync();
        CollectErrors(node);
        if (code != 0)
            NodeErrors.Enqueue($"node {node}: exit code {code} after SIGTERM");
        await scene.Cluster.Nodes[node].RestartAsync();
    }

    private async Task PauseNodeAsync(Random random)
    {
        var node = scene.Cluster.Nodes[random.Next(2)];
        await node.PauseAsync();
        await Task.Delay(random.Next(200, 1500));
        node.Resume();
    }

    private Task CutSocketsAsync(Random random)
    {
        scene.Doors[random.Next(2)].CutAll();
        return Task.CompletedTask;
    }

    private Task DropClientsAsync(Random random)
    {
        foreach (var client in scene.Clients)
        {
            if (random.Next(4) == 0)
                client.Drop();
        }
        return Task.CompletedTask;
    }
}
