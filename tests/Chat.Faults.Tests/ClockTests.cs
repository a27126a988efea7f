using Chat.Testing.Clients;
using Chat.Testing.Nodes;
using Chat.Testing.Services;

namespace Chat.Faults.Tests;

/// <summary>One node whose clock jumps (libfaketime), beside another whose clock does not.</summary>
public sealed class ClockTests
{
    [Theory]
    [InlineData("+10m")]
    [InlineData("-1h")]
    public async Task A_clock_that_jumps_loses_doubles_and_reorders_nothing(string jump)
    {
        var postgres = await PostgresService.SharedAsync();
        var redis = await RedisService.SharedAsync();
        await using var cluster = await ChatCluster.StartAsync(await postgres.CreateDatabaseAsync(), redis.Configuration, nodes: 1);
        var clock = Path.Combine(Binaries.CreateFolder("chat-clock-"), "offset");
        await File.WriteAllTextAsync(clock, "+0");
        var settings = new Dictionary<string, string?>(cluster.Settings, StringComparer.Ordinal)
        {
            ["LD_PRELOAD"] = Library,
            ["FAKETIME_TIMESTAMP_FILE"] = clock,
            ["FAKETIME_NO_CACHE"] = "1",
            ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
        };
        cluster.Nodes.Add(await ChatNode.StartAsync(settings));
        var session = await cluster.NewVisitorAsync();
        await using var here = ChatClient.Visitor(() => cluster.Nodes[0].BaseAddress, () => Task.FromResult(session.Token));
        await using var there = ChatClient.Visitor(() => cluster.Nodes[1].BaseAddress, () => Task.FromResult(session.Token));
        var id = await here.OpenConversationAsync();
        await there.UntilAsync(() => there.Me is not null, "the first Hello");
        var process = cluster.Nodes[1].Id;

        for (var i = 0; i < 10; i++)
        {
            if (i == 3)
            {
                await File.WriteAllTextAsync(clock, jump);
                await UntilJumpedAsync(cluster.Nodes[1]);
            }
            if (i == 7)
                await File.WriteAllTextAsync(clock, "+0");
            await there.SendAsync(id, $"{i} there");
            var sent = await here.SendAsync(id, $"{i} here");
            await there.UntilAsync(() => there.Log(id).Seq >= sent.Event!.Seq, "what was sent here");
        }

        Assert.Equal(process, cluster.Nodes[1].Id);
        await FaultScene.AssertReadyAsync(cluster.Nodes);
        var log = await StoredLog.ReadAsync(cluster.ConnectionString);
        await Task.WhenAll(here.CatchUpAsync(log, TimeSpan.FromSeconds(90)), there.CatchUpAsync(log, TimeSpan.FromSeconds(90)));
        Oracle.Verify(log, [here, there], jump, commitsWereLost: false);
    }

    private static async Task UntilJumpedAsync(ChatNode node)
    {
        using var http = new HttpClient();
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (true)
        {
            using var answer = await http.GetAsync(new Uri(node.ManagementAddress, "readyz"), bound.Token);
            if ((answer.Headers.Date - TimeProvider.System.GetUtcNow())?.Duration() > TimeSpan.FromMinutes(5))
                return;
            await pause.WaitForNextTickAsync(bound.Token);
        }
    }

    private static string Library =>
        Directory
            .EnumerateDirectories("/usr/lib", "*-linux-gnu")
            .Select(folder => Path.Combine(folder, "faketime", "libfaketimeMT.so.1"))
            .FirstOrDefault(File.Exists)
        ?? throw Binaries.NotInstalled("libfaketime");
}
