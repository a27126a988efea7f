using Chat.Testing.Nodes;
using Chat.Testing.Services;

namespace Chat.Faults.Tests;

/// <summary>Debian's Prometheus scrapes a running pair of nodes with the chart's own rules.</summary>
public sealed class AlertTests
{
    [Fact]
    public async Task A_healthy_pair_is_quiet_and_each_outage_fires_its_own_alert_and_ends_with_it()
    {
        await using var postgres = await PostgresService.StartOwnAsync();
        await using var redis = await RedisService.StartOwnAsync();
        await using var cluster = await ChatCluster.StartAsync(await postgres.CreateDatabaseAsync(), redis.Configuration);
        await using var prometheus = await PrometheusService.StartAsync(await File.ReadAllTextAsync(Rules), cluster.Nodes);
        await prometheus.UntilScrapedAsync(2);
        await prometheus.UntilFiringAsync();

        await redis.KillAsync();
        await prometheus.UntilFiringAsync("ChatRedisDown");
        await redis.RestartAsync();
        await prometheus.UntilFiringAsync();

        await postgres.KillAsync();
        await prometheus.UntilFiringAsync("ChatDatabaseDown", "ChatDatabaseUnreachable");
        await postgres.RestartAsync();
        await prometheus.UntilFiringAsync();

        cluster.Nodes[1].Kill();
        await prometheus.UntilFiringAsync("ChatFewNodes");
    }

    private static string Rules
    {
        get
        {
            var folder = AppContext.BaseDirectory;
            while (!File.Exists(Path.Combine(folder, "Chat.sln")))
                folder = Path.GetDirectoryName(folder)!;
            return Path.Combine(folder, "charts/chat/files/rules/chat.yml");
        }
    }
}
