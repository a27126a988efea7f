using System.Text;
using Chat.Contracts;
using Chat.Testing.Clients;
using Chat.Testing.Processes;

namespace Chat.Faults.Tests;

[Collection<SharedScene>]
public sealed class NodeFaultTests(SharedScene fixture)
{
    private readonly FaultScene _scene = fixture.Scene;

    [Fact]
    public async Task A_node_killed_under_load_loses_doubles_and_reorders_nothing()
    {
        await using var traffic = await Traffic.StartAsync(_scene);

        foreach (var node in _scene.Cluster.Nodes)
        {
            await traffic.MoreAsync(30);
            node.Kill();
            await traffic.MoreAsync(30);
            await node.RestartAsync();
        }
        await traffic.MoreAsync(30);
        await traffic.StopAsync();

        await _scene.VerifyAsync();
    }

    [Fact]
    public async Task A_node_killed_between_commit_and_publish_leaves_one_event_that_everybody_gets()
    {
        var node = _scene.Cluster.Nodes[0];
        var at = 0;
        var visitor = await _scene.AddVisitorAsync("sender", () => at);
        var id = await visitor.OpenConversationAsync();
        var @operator = await _scene.AddOperatorAsync(await _scene.OperatorAsync(), "reader", () => 1);
        await @operator.OpenAsync(id);
        // The lane's connection may still be one to a server that another test has stopped, on which nothing is committed.
        await visitor.SendAsync(id, "before");
        var body = $"committed, then killed {Guid.NewGuid()}";

        // From the moment its append is on the way the node does nothing more: the commit happens and nobody hears of it.
        var committed = _scene.DatabaseProxy.CutBeforeReply(bytes =>
        {
            if (bytes.Span.IndexOf(Encoding.UTF8.GetBytes(body)) < 0)
                return false;
            Signals.Send(node.Id, Signal.Stop);
            return true;
        });
        var sending = visitor.SendAsync(id, body);
        await committed.WaitAsync(TimeSpan.FromMinutes(1));
        at = 1;
        node.Kill();
        var sent = await sending;

        Assert.Equal(ResultStatus.Duplicate, sent.Status);
        await @operator.UntilAsync(() => @operator.Log(id).Seq >= sent.Event!.Seq, "the operator gets what nobody published");
        Assert.Single((await _scene.ReadLogAsync()).Events(id), e => e.Body == body);
        await node.RestartAsync();
        await _scene.VerifyAsync();
    }

    [Fact]
    public async Task A_terminated_node_sends_its_clients_away_and_exits_with_zero()
    {
        await using var traffic = await Traffic.StartAsync(_scene);
        await traffic.MoreAsync(30);
        var cuts = _scene.Clients.Sum(c => c.Cuts);

        _scene.Cluster.Nodes[0].Terminate();
        var code = await _scene.Cluster.Nodes[0].WaitForExitAsync();
        await traffic.MoreAsync(30);

        Assert.Equal(0, code);
        Assert.Contains(_scene.Clients, WasSentAway);
        Assert.Equal(cuts, _scene.Clients.Sum(c => c.Cuts));
        await _scene.Cluster.Nodes[0].RestartAsync();
        await traffic.StopAsync();
        await _scene.VerifyAsync();
    }

    [Fact]
    public async Task A_node_that_stands_still_for_a_while_goes_on_and_loses_doubles_and_reorders_nothing()
    {
        await using var traffic = await Traffic.StartAsync(_scene);
        await traffic.MoreAsync(30);
        var node = _scene.Cluster.Nodes[0];
        var process = node.Id;

        await node.PauseAsync();
        try
        {
            await Task.Delay(FaultScene.Outage);
        }
        finally
        {
            node.Resume();
        }
        await traffic.MoreAsync(30);
        await traffic.StopAsync();

        Assert.Equal(process, node.Id);
        await FaultScene.AssertReadyAsync(_scene.Cluster.Nodes);
        await _scene.VerifyAsync();
    }

    [Fact]
    public async Task One_clientId_through_two_nodes_at_once_is_one_event()
    {
        const int rounds = 100;

        async Task RaceAsync(string name)
        {
            var session = await _scene.Cluster.NewVisitorAsync();
            var sides = new[] { 0, 1 }.Select(node => _scene.AddVisitor(session, $"{name}, node {node}", () => node)).ToArray();
            var opening = new OpenConversation(Guid.NewGuid());
            var opened = await Task.WhenAll(sides.Select(side => side.CallAsync<OpenResult>("OpenConversation", opening)));
            var id = Assert.Single(opened.Select(o => o.Page.Conversation.Id).Distinct());
            for (var round = 0; round < rounds; round++)
            {
                var clientId = Guid.NewGuid();
                var sent = await Task.WhenAll(sides.Select(side => side.SendAsync(id, $"round {round}", clientId: clientId)));
                Assert.Equal([ResultStatus.Ok, ResultStatus.Duplicate], sent.Select(s => s.Status).Order());
                Assert.Equal(sent[0].Event!.Seq, sent[1].Event!.Seq);
            }
            Assert.Equal(rounds + 1, (await _scene.ReadLogAsync()).Events(id).Count);
        }
        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => RaceAsync($"racer {i}")));

        await _scene.VerifyAsync();
    }

    private static bool WasSentAway(ChatClient client) =>
        client.Pushes.Any(push => push.Push is GoAway { Reason: var reason } && reason == DisconnectReason.Drain.Code);
}
