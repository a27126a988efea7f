using System.Globalization;
using Chat.Testing.Nodes;

namespace Chat.Faults.Tests;

/// <summary>What Kubernetes and Traefik do to nodes, done to processes behind HAProxy. Short by default, true durations with CHAT_TEST_LONG.</summary>
public sealed class DrillTests(ITestOutputHelper output)
{
    internal static readonly int Clients = FaultScene.IsLong ? 100 : 30;
    internal static readonly int MessagesPerSecond = FaultScene.IsLong ? 500 : 60;

    [Fact]
    public async Task A_rolling_restart_under_load_loses_nothing_and_moves_sockets_a_few_at_a_time()
    {
        await using var drill = await Drill.StartAsync(Clients, MessagesPerSecond);
        await drill.MoreAsync(2 * MessagesPerSecond);

        foreach (var node in drill.Cluster.Nodes)
        {
            node.Terminate();
            var moments = await drill.DeparturesAsync(node.WaitForExitAsync(Drill.Window + TimeSpan.FromMinutes(1)));
            output.WriteLine($"{moments.Count} sockets left: {Curve(moments)}");
            Assert.Equal(0, await node.WaitForExitAsync());
            AssertRamp(moments);
            await node.RestartAsync();
            await drill.MoreAsync(MessagesPerSecond);
        }

        await drill.VerifyAsync();
        var slow = drill.Sends.Count(took => took > TimeSpan.FromSeconds(2));
        output.WriteLine(
            $"{drill.Sends.Count} sends acknowledged, {slow} of them after more than 2 s; the slowest took {drill.Sends.Max().TotalSeconds:F2} s"
        );
        if (FaultScene.IsLong)
            Assert.True(slow <= drill.Sends.Count / 1000, $"{slow} of {drill.Sends.Count} sends took more than 2 s");
        Assert.Equal(0, drill.Clients.Sum(client => client.Cuts));
    }

    [Fact]
    public async Task A_killed_node_and_stopped_dependencies_lose_nothing_restart_nothing_and_leave_readiness_as_it_is()
    {
        await using var drill = await Drill.StartAsync(Clients, MessagesPerSecond);
        var nodes = drill.Cluster.Nodes;
        await drill.MoreAsync(MessagesPerSecond);

        nodes[0].Kill();
        await drill.MoreAsync(MessagesPerSecond);
        await nodes[0].RestartAsync();
        var processes = nodes.Select(node => node.Id).ToArray();

        await drill.Redis.KillAsync();
        await UpAsync(nodes, 1);
        await FaultScene.AssertReadyAsync(nodes);
        await drill.MoreAsync(MessagesPerSecond);
        await drill.Redis.RestartAsync();
        await UpAsync(nodes, 2);

        await drill.Postgres.KillAsync();
        await UpAsync(nodes, 1);
        await FaultScene.AssertReadyAsync(nodes);
        await drill.Postgres.RestartAsync();
        await UpAsync(nodes, 2);
        await drill.MoreAsync(MessagesPerSecond);

        Assert.Equal(processes, nodes.Select(node => node.Id));
        await drill.VerifyAsync();
    }

    private static Task<double[]> UpAsync(IEnumerable<ChatNode> nodes, int dependencies) =>
        Task.WhenAll(nodes.Select(node => node.UntilMetricAsync("chat_dependency_up", up => (int)up == dependencies)));

    /// <summary>Thirds of the time from the first to the last: none is empty, and none has most of the sockets.</summary>
    internal static void AssertRamp(IReadOnlyList<double> moments)
    {
        Assert.True(moments.Count >= 6, $"only {moments.Count} sockets were sent away");
        var (first, spread) = (moments[0], moments[^1] - moments[0]);
        Assert.True(spread > Drill.Window.TotalSeconds / 2, $"all sockets went within {spread:F1} s");
        var thirds = moments.CountBy(at => Math.Min(2, (int)((at - first) / spread * 3))).ToDictionary();
        Assert.All(Enumerable.Range(0, 3), third => Assert.InRange(thirds.GetValueOrDefault(third), 1, moments.Count * 2 / 3));
    }

    internal static string Curve(IReadOnlyList<double> moments) =>
        string.Join(
            ' ',
            moments.CountBy(at => (int)at).Select(second => string.Create(CultureInfo.InvariantCulture, $"{second.Key} s: {second.Value}"))
        );
}
