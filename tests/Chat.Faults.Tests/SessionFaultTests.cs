using Chat.Contracts;
using Chat.Testing.Clients;
using Chat.Testing.Nodes;
using Chat.Testing.Services;
using Npgsql;

namespace Chat.Faults.Tests;

/// <summary>Sessions of PostgreSQL that end at the moment when a node is about to fetch what its sockets lack.</summary>
public sealed class SessionFaultTests
{
    [Fact]
    public async Task What_could_not_be_fetched_for_a_hole_is_fetched_without_another_round_of_repair()
    {
        var direct = new NpgsqlConnectionStringBuilder(await (await PostgresService.SharedAsync()).CreateDatabaseAsync());
        await using var proxy = TcpProxy.Start(direct.Port);
        // Without a bus the second node learns nothing of what the first one stores, and repair is far beyond the patience of the test.
        await using var cluster = await ChatCluster.StartAsync(
            new NpgsqlConnectionStringBuilder(direct.ConnectionString) { Host = "127.0.0.1", Port = proxy.Port }.ConnectionString,
            redis: null,
            settings: new Dictionary<string, string?>(StringComparer.Ordinal) { ["Repair__Period"] = "00:10:00" }
        );
        var access = await cluster.AddOperatorAsync("Olga");
        var session = await cluster.NewVisitorAsync();
        await using var first = ChatClient.Visitor(() => cluster.Nodes[0].BaseAddress, () => Task.FromResult(session.Token));
        await using var second = ChatClient.Visitor(() => cluster.Nodes[1].BaseAddress, () => Task.FromResult(session.Token));
        await using var olga = ChatClient.Operator(() => cluster.Nodes[1].BaseAddress, async () => (await access.SignInAsync()).Token);
        var id = await first.OpenConversationAsync();
        await olga.OpenAsync(id);

        await first.SendAsync(id, "Nobody tells the second node");
        var last = await second.SendAsync(id, "And this one shows that something is missing");
        var failed = cluster.Nodes[1].WaitForLineAsync("loop HoleFetcher cannot do its work now");
        proxy.Refuse = true;
        proxy.CutAll();
        await failed;
        proxy.Refuse = false;

        await olga.UntilAsync(() => olga.Log(id).Seq == last.Event!.Seq, "both messages");
        Assert.Equal(ResultStatus.Ok, last.Status);
    }
}
