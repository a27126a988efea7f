using Chat.Testing.Nodes;
using Chat.Testing.Services;

namespace Chat.Faults.Tests;

/// <summary>Debian's Prometheus scrapes a running pair of nodes with the chart's own rules.</summary>
public sealed class AlertTests
{
    // There is no standby here, which is to be told for as long as it is so.
    private const string OneServer = "ChatAcknowledgedOnOneServer";

    [Fact]
    public async Task A_healthy_pair_is_quiet_but_for_what_it_lacks_and_each_outage_fires_its_own_alert_and_ends_with_it()
    {
        await using var postgres = await PostgresService.StartOwnAsync();
        await using var redis = await RedisService.StartOwnAsync();
        await using var cluster = await ChatCluster.StartAsync(await postgres.CreateDatabaseAsync(), redis.Configuration);
        await using var prometheus = await PrometheusService.StartAsync(await File.ReadAllTextAsync(Rules), cluster.Nodes);
        await prometheus.UntilScrapedAsync(2);
        await prometheus.UntilFiringAsync(OneServer);

        await redis.KillAsync();
        await prometheus.UntilFiringAsync(OneServer, "ChatRedisDown");
        await redis.RestartAsync();
        await prometheus.UntilFiringAsync(OneServer);

        await postgres.KillAsync();
        await prometheus.UntilFiringAsync(OneServer, "ChatDatabaseDown", "ChatDatabaseUnreachable");
        await postgres.RestartAsync();
        await prometheus.UntilFiringAsync(OneServer);

        cluster.Nodes[1].Kill();
        await prometheus.UntilFiringAsync(OneServer, "ChatFewNodes");
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
