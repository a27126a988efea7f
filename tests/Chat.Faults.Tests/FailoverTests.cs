using Chat.Testing.Clients;
using Chat.Testing.Nodes;
using Chat.Testing.Services;
using Npgsql;

namespace Chat.Faults.Tests;

public sealed class FailoverTests
{
    [Fact]
    public async Task A_promotion_that_lost_the_tail_raises_the_epoch_and_every_client_holds_what_is_left()
    {
        await using var redis = await RedisService.StartOwnAsync();
        await using var scene = await FaultScene.StartAsync(redis.Configuration);
        var pair = await scene.AddPairAsync("failed over");
        await pair.PingAsync();
        await scene.Postgres.TakeBaseBackupAsync();
        var kept = (await scene.ReadLogAsync()).Heads[pair.Id];
        for (var i = 0; i < 5; i++)
            await pair.PingAsync();
        var lost = pair.Visitor.Log(pair.Id).Seq;

        await scene.Postgres.FailOverToBackupAsync();
        // Its seq was given out before, to a message that no longer exists.
        pair.Visitor.Patience = TimeSpan.FromMinutes(2);
        var first = await pair.Visitor.SendAsync(pair.Id, "After the failover");

        Assert.Equal(kept + 1, first.Event!.Seq);
        Assert.InRange(first.Event.Seq, 1, lost);
        Assert.InRange(first.Event.Epoch, 2, int.MaxValue);
        await scene.VerifyAsync(commitsWereLost: true);
    }

    [Fact]
    public async Task The_first_address_of_PostgreSQL_refused_makes_nodes_go_on_with_the_second()
    {
        await using var postgres = await PostgresService.StartOwnAsync();
        var direct = new NpgsqlConnectionStringBuilder(await postgres.CreateDatabaseAsync());
        await using var first = TcpProxy.Start(direct.Port);
        await using var second = TcpProxy.Start(direct.Port);
        var both = new NpgsqlConnectionStringBuilder(direct.ConnectionString)
        {
            Host = $"127.0.0.1:{first.Port},127.0.0.1:{second.Port}",
            TargetSessionAttributes = "primary",
        };
        await using var cluster = await ChatCluster.StartAsync(both.ConnectionString, redis: null, nodes: 1);
        var session = await cluster.NewVisitorAsync();
        await using var visitor = ChatClient.Visitor(() => cluster.Nodes[0].BaseAddress, () => Task.FromResult(session.Token));
        visitor.Patience = TimeSpan.FromMinutes(2);
        var id = await visitor.OpenConversationAsync();
        await visitor.SendAsync(id, "through the first");
        var process = cluster.Nodes[0].Id;

        first.Refuse = true;
        first.CutAll();
        await visitor.SendAsync(id, "through the second");
        second.Refuse = true;
        second.CutAll();
        first.Refuse = false;
        await visitor.SendAsync(id, "through the first again");

        Assert.Equal(process, cluster.Nodes[0].Id);
        await FaultScene.AssertReadyAsync(cluster.Nodes);
        Oracle.Verify(await StoredLog.ReadAsync(direct.ConnectionString), [visitor], "", commitsWereLost: false);
    }
}
