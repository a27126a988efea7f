using Chat.Testing.Services;

namespace Chat.Faults.Tests;

public sealed class SentinelFaultTests
{
    [Fact]
    public async Task A_failover_under_Sentinel_loses_nothing_and_needs_no_restart()
    {
        await using var sentinel = await SentinelService.StartAsync();
        await using var scene = await FaultScene.StartAsync(
            sentinel.Configuration,
            new Dictionary<string, string?>(StringComparer.Ordinal) { ["Repair__Period"] = "00:10:00" }
        );
        var pair = await scene.AddPairAsync("failover");
        await using var traffic = await Traffic.StartAsync(scene);
        await traffic.MoreAsync(30);

        await sentinel.KillMasterAsync();
        await pair.PingAsync();
        await Task.WhenAll(scene.Cluster.Nodes.Select(node => node.UntilMetricAsync("chat_bus_up", up => up == 1)));
        await traffic.MoreAsync(30);
        await traffic.StopAsync();
        await pair.PingAsync();

        await scene.VerifyAsync();
    }
}
