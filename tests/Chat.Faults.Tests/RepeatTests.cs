using Chat.Contracts;
using Chat.Testing.Clients;
using Chat.Testing.Nodes;
using Chat.Testing.Services;

namespace Chat.Faults.Tests;

/// <summary>A change whose first node died between its commit and telling anybody, repeated by its sender through another node.</summary>
public sealed class RepeatTests
{
    [Fact]
    public async Task A_repeated_change_is_told_to_those_whom_its_first_node_did_not_reach()
    {
        var database = await (await PostgresService.SharedAsync()).CreateDatabaseAsync();
        // Without a bus and without repair nothing but the repeat can bring the event to the second node's sockets.
        await using var cluster = await ChatCluster.StartAsync(
            database,
            redis: null,
            settings: new Dictionary<string, string?>(StringComparer.Ordinal) { ["Repair__Period"] = "00:10:00" }
        );
        var access = await cluster.AddOperatorAsync("Olga");
        var session = await cluster.NewVisitorAsync();
        await using var first = ChatClient.Visitor(() => cluster.Nodes[0].BaseAddress, () => Task.FromResult(session.Token));
        await using var again = ChatClient.Visitor(() => cluster.Nodes[1].BaseAddress, () => Task.FromResult(session.Token));
        await using var olga = ChatClient.Operator(() => cluster.Nodes[1].BaseAddress, async () => (await access.SignInAsync()).Token);
        var id = await first.OpenConversationAsync();
        await olga.OpenAsync(id);
        var message = Guid.NewGuid();
        var close = new ConversationCommand(id, Guid.NewGuid());

        var sent = await first.SendAsync(id, "Is my flight on time?", clientId: message);
        Assert.Equal(sent.Event!.Seq - 1, olga.Log(id).Seq);
        var repeated = await again.SendAsync(id, "Is my flight on time?", clientId: message);
        await olga.UntilAsync(() => olga.Log(id).Seq == sent.Event.Seq, "the message");
        var closed = await first.ChangeAsync("Close", close);
        var closedAgain = await again.ChangeAsync("Close", close);
        await olga.UntilAsync(() => olga.Log(id).Seq == closed.Event!.Seq, "the end");

        Assert.Equal((ResultStatus.Duplicate, sent.Event.Seq), (repeated.Status, repeated.Event!.Seq));
        Assert.Equal((ResultStatus.Duplicate, closed.Event!.Seq), (closedAgain.Status, closedAgain.Event!.Seq));
    }
}
