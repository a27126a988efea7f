using Chat.Contracts;
using Chat.Faults.Tests.Randomised;

namespace Chat.Faults.Tests;

/// <summary>With a synchronous standby an acknowledgement says that two servers have it, whatever happens between the two.</summary>
public sealed class ReplicationTests(ITestOutputHelper output)
{
    private const string Waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'";

    [Fact]
    public async Task While_the_standby_does_not_answer_nothing_is_acknowledged_and_nothing_acknowledged_is_lost_with_the_primary()
    {
        await using var scene = await ReplicationScene.StartAsync();
        scene.Pair.StallStandby();

        var sending = scene.SendToAll("into the stall");
        await scene.UntilAllAreRefusedAsync(times: 2);
        Assert.DoesNotContain(sending, send => send.IsCompleted);
        await scene.Pair.FailOverAsync();
        await Task.WhenAll(sending);

        await scene.VerifyAsync();
    }

    [Fact]
    public async Task A_standby_that_comes_back_confirms_what_waited_and_each_message_is_stored_once()
    {
        await using var scene = await ReplicationScene.StartAsync();
        scene.Pair.StallStandby();

        var sending = scene.SendToAll("into the stall");
        await scene.UntilAllAreRefusedAsync(times: 2);
        scene.Pair.ResumeStandby();
        await Task.WhenAll(sending);
        await Task.WhenAll(scene.SendToAll("after it"));
        await scene.Pair.FailOverAsync();
        await Task.WhenAll(scene.SendToAll("on the standby"));

        await scene.VerifyAsync();
    }

    [Fact]
    public async Task A_stall_holds_one_server_process_for_each_lane_and_leaves_readers_theirs()
    {
        await using var scene = await ReplicationScene.StartAsync();
        scene.Pair.StallStandby();

        var sending = scene.SendToAll("into the stall");
        await scene.UntilAllAreRefusedAsync(times: 2);
        var waiting = await scene.Pair.QueryAsync<long>(Waiting);
        var history = await scene.Clients[0].CallAsync<HistoryResult>("History", new HistoryQuery(scene.Ids[0]));
        var opening = scene.Clients[0].OpenConversationAsync();
        await scene.Pair.UntilAsync(Waiting, count => count > waiting);
        scene.Pair.ResumeStandby();
        await Task.WhenAll([.. sending, opening]);

        // Of one node with two lanes.
        Assert.InRange(waiting, 1, 2);
        Assert.Equal(2, history.Events.Count);
        await scene.VerifyAsync();
    }

    [Fact]
    public async Task A_wait_that_an_administrator_cancels_acknowledges_nothing()
    {
        await using var scene = await ReplicationScene.StartAsync();
        scene.Pair.StallStandby();

        var sending = scene.SendToAll("cancelled");
        await scene.Pair.UntilAsync(Waiting, count => count > 0);
        await scene.Pair.UntilAsync(
            "SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity WHERE wait_event = 'SyncRep'",
            count => count > 0
        );
        await scene.Node.UntilMetricAsync("chat_commits_unconfirmed_total", count => count > 0);
        // Made again, they find what is stored, and wait as it did.
        await scene.UntilAllAreRefusedAsync(times: 1);
        Assert.DoesNotContain(sending, send => send.IsCompleted);
        await scene.Pair.FailOverAsync();
        await Task.WhenAll(sending);

        await scene.VerifyAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_primary_that_crashes_while_commits_wait_shows_and_acknowledges_nothing_that_its_standby_has_not(bool isWhole)
    {
        await using var scene = await ReplicationScene.StartAsync();
        scene.Pair.StallStandby();

        var sending = scene.SendToAll("before the restart");
        await scene.UntilAllAreRefusedAsync(times: 1);
        if (isWhole)
        {
            await scene.Pair.KillPrimaryAsync();
            await scene.Pair.RestartPrimaryAsync();
        }
        else
            await scene.Pair.CrashPrimaryAsync();
        await scene.UntilAllAreRefusedAsync(times: 1);
        Assert.DoesNotContain(sending, send => send.IsCompleted);
        var reading = scene.Clients[0].CallAsync<HistoryResult>("History", new HistoryQuery(scene.Ids[0]));
        Assert.Equal("unavailable", (await Assert.ThrowsAnyAsync<Exception>(() => reading)).Message);
        await scene.Pair.FailOverAsync();
        await Task.WhenAll(sending);

        await scene.VerifyAsync();
    }

    [Fact]
    public async Task A_slow_standby_makes_sends_slow_and_loses_nothing()
    {
        await using var scene = await ReplicationScene.StartAsync();
        scene.Pair.NarrowStandby(20_000);

        for (var round = 0; round < 3; round++)
            await Task.WhenAll(scene.SendToAll($"slowly {round} {new string('x', 2000)}"));
        scene.Pair.NarrowStandby(0);
        await scene.Pair.FailOverAsync();
        await Task.WhenAll(scene.SendToAll("on the standby"));

        await scene.VerifyAsync();
    }

    [Fact]
    public async Task A_standby_that_is_taken_out_lets_sends_go_on_and_the_node_says_what_they_are_worth()
    {
        await using var scene = await ReplicationScene.StartAsync();
        await scene.Node.UntilMetricAsync("chat_acknowledged_servers", servers => servers == 2);
        scene.Pair.StallStandby();
        var sending = scene.SendToAll("into the stall");
        await scene.UntilAllAreRefusedAsync(times: 1);

        await scene.Pair.SetAsync("synchronous_standby_names", "");
        await Task.WhenAll(sending);
        await scene.Node.UntilMetricAsync("chat_acknowledged_servers", servers => servers == 1);

        await scene.Node.WaitForLineAsync("acknowledged messages are on one server");
        using var http = new HttpClient();
        var ready = await http.GetStringAsync(new Uri(scene.Node.ManagementAddress, "readyz"));
        Assert.Contains("acknowledged messages are on one server", ready, StringComparison.Ordinal);
        await scene.VerifyAsync();
    }

    [Fact]
    public async Task Standby_primary_and_node_broken_at_random_lose_double_and_reorder_nothing_that_was_acknowledged()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var scene = await ReplicationScene.StartAsync();
        using var stopping = new CancellationTokenSource();
        var acting = Task.WhenAll(
            scene.Clients.Select((client, i) => new RandomPerson(client, [scene.Ids[i]], seed + i).RunAsync(stopping.Token))
        );

        for (var round = 0; round < (FaultScene.IsLong ? 20 : 4); round++)
        {
            var fault = (Fault)random.Next(4);
            output.WriteLine($"{fault}");
            scene.Pair.StallStandby();
            await scene.Pair.UntilAsync(Waiting, count => count > 0);
            if (fault == Fault.WaitsCancelled)
                await scene.Pair.QueryAsync<long>(
                    "SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
                );
            if (fault == Fault.PrimaryKilled)
            {
                await scene.Pair.KillPrimaryAsync();
                await scene.Pair.RestartPrimaryAsync();
            }
            if (fault == Fault.NodeKilled)
            {
                scene.Node.Kill();
                await scene.Node.WaitForExitAsync();
            }
            scene.Pair.ResumeStandby();
            if (fault == Fault.NodeKilled)
                await scene.Node.RestartAsync();
            await scene.UntilAcknowledgedAsync(times: 3);
        }
        scene.Pair.StallStandby();
        await scene.Pair.UntilAsync(Waiting, count => count > 0);
        await scene.Pair.FailOverAsync();
        await scene.UntilAcknowledgedAsync(times: 3);
        await stopping.CancelAsync();
        await acting;

        await scene.VerifyAsync();
    }

    private enum Fault
    {
        Stalled,
        WaitsCancelled,
        PrimaryKilled,
        NodeKilled,
    }
}
