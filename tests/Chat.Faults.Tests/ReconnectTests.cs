namespace Chat.Faults.Tests;

/// <summary>Very many sockets that have to find another way at once, under the load of the drills.</summary>
public sealed class ReconnectTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_balancer_killed_and_started_anew_cuts_everybody_and_loses_nothing()
    {
        // A few for each node and second: most of those who come back at once are told to come again.
        await using var drill = await Drill.StartAsync(
            DrillTests.Clients,
            DrillTests.MessagesPerSecond,
            connectsPerSecond: DrillTests.Clients / 10
        );
        await drill.MoreAsync(DrillTests.MessagesPerSecond);
        var nodes = drill.Cluster.Nodes;
        var processes = nodes.Select(node => node.Id).ToArray();
        var refused = await Drill.SumAsync(nodes, "chat_connects_refused");

        var returns = drill.ReturnsAsync();
        await drill.Proxy.KillAsync();
        await drill.Proxy.RestartAsync();
        var moments = await returns;
        output.WriteLine($"{moments.Count} sockets came back: {DrillTests.Curve(moments)}");
        refused = await Drill.SumAsync(nodes, "chat_connects_refused") - refused;
        output.WriteLine($"{refused} times a node asked one to come again");
        await drill.MoreAsync(DrillTests.MessagesPerSecond);

        Assert.All(drill.Clients, client => Assert.NotEqual(0, client.Cuts));
        Assert.True(refused > 0, "everybody was let in at once");
        Assert.Equal(processes, nodes.Select(node => node.Id));
        await drill.UntilAllAreOnAsync(nodes);
        await drill.VerifyAsync();
    }

    [Fact]
    public async Task Half_of_the_nodes_terminated_at_once_leave_all_sockets_to_the_other_half_and_lose_nothing()
    {
        await using var drill = await Drill.StartAsync(DrillTests.Clients, DrillTests.MessagesPerSecond, nodes: 4);
        await drill.MoreAsync(DrillTests.MessagesPerSecond);
        var (leaving, staying) = (drill.Cluster.Nodes[..2], drill.Cluster.Nodes[2..]);

        foreach (var node in leaving)
            node.Terminate();
        var ends = Task.WhenAll(leaving.Select(node => node.WaitForExitAsync(Drill.Window + TimeSpan.FromMinutes(1))));
        var moments = await drill.DeparturesAsync(ends);
        output.WriteLine($"{moments.Count} sockets left: {DrillTests.Curve(moments)}");

        Assert.All(await ends, code => Assert.Equal(0, code));
        DrillTests.AssertRamp(moments);
        await drill.UntilAllAreOnAsync(staying);
        await drill.MoreAsync(DrillTests.MessagesPerSecond);
        await drill.VerifyAsync();
        Assert.Equal(0, drill.Clients.Sum(client => client.Cuts));
    }
}
