using Chat.Contracts;
using Chat.Testing.Clients;
using Chat.Testing.Nodes;
using Chat.Testing.Services;

namespace Chat.Faults.Tests;

public sealed class MainJobTests
{
    [Fact]
    public async Task A_message_goes_from_a_visitor_on_one_node_to_an_operator_on_the_other_and_back()
    {
        var postgres = await PostgresService.SharedAsync();
        var redis = await RedisService.SharedAsync();
        await using var cluster = await ChatCluster.StartAsync(await postgres.CreateDatabaseAsync(), redis.Configuration);
        var access = await cluster.AddOperatorAsync("Olga");
        var session = await cluster.NewVisitorAsync();
        await using var visitor = ChatClient.Visitor(() => cluster.Nodes[0].BaseAddress, () => Task.FromResult(session.Token));
        await using var @operator = ChatClient.Operator(() => cluster.Nodes[1].BaseAddress, async () => (await access.SignInAsync()).Token);

        var id = await visitor.OpenConversationAsync("Where is my ticket?");
        await @operator.OpenAsync(id);
        var sent = await visitor.SendAsync(id, "Здравствуйте, где мой билет?");
        await @operator.UntilAsync(() => @operator.Log(id).Seq == sent.Event!.Seq, "the operator gets the message");
        var claimed = await @operator.ChangeAsync("Claim", new ConversationCommand(id, Guid.NewGuid()));
        var note = await @operator.SendAsync(id, "A difficult one", SendKind.Note);
        var answer = await @operator.SendAsync(id, "Here it is");
        await visitor.UntilAsync(() => visitor.Log(id).Seq == answer.Event!.Seq, "the visitor gets the answer");

        Assert.Equal(ResultStatus.Ok, claimed.Status);
        var seen = visitor.Look(id, log => log.Events.Select(e => (e.Seq, e.Type, e.Data?.Body)).ToList());
        Assert.Equal(Enumerable.Range(1, answer.Event!.Seq), seen.Select(e => e.Seq));
        Assert.Contains((note.Event!.Seq, EventType.Skip, null), seen);
        Assert.Equal("Here it is", seen[^1].Body);
        foreach (var node in cluster.Nodes)
        {
            foreach (var path in (string[])["local", "bus"])
                await node.UntilMetricAsync("chat_delivery_duration_seconds_count", count => count > 0, label: $"path=\"{path}\"");
        }
    }
}
