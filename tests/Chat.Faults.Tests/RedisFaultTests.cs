using System.Diagnostics;
using System.Net.Http.Json;
using Chat.Contracts;
using Chat.Testing.Clients;
using Chat.Testing.Nodes;
using StackExchange.Redis;

namespace Chat.Faults.Tests;

/// <summary>The loop that repairs while the bus is up never runs here: what these tests see delivered came by the bus, or because it is down.</summary>
public sealed class RedisScene : SceneFixture
{
    private protected override IReadOnlyDictionary<string, string?> Settings { get; } =
        new Dictionary<string, string?>(StringComparer.Ordinal) { ["Repair__Period"] = "00:10:00" };
}

public sealed class RedisFaultTests(RedisScene fixture) : IClassFixture<RedisScene>
{
    // "About a second" with the repair loop at half of one, on a machine that does other things too.
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(5);

    private readonly FaultScene _scene = fixture.Scene;

    [Fact]
    public async Task Redis_killed_under_load_makes_delivery_slower_and_loses_nothing()
    {
        var pair = await _scene.AddPairAsync("killed");
        await using var traffic = await Traffic.StartAsync(_scene);
        await traffic.MoreAsync(30);

        await fixture.Redis.KillAsync();
        for (var i = 0; i < 5; i++)
            Assert.InRange(await pair.PingAsync(), TimeSpan.Zero, Late);
        await fixture.Redis.RestartAsync();
        await BusIsAsync(up: true);
        await traffic.MoreAsync(30);
        await traffic.StopAsync();

        await _scene.VerifyAsync();
    }

    [Fact]
    public async Task Redis_stalled_with_its_sockets_open_makes_delivery_slower_and_loses_nothing()
    {
        var pair = await _scene.AddPairAsync("paused");
        await using var traffic = await Traffic.StartAsync(_scene);
        await traffic.MoreAsync(30);

        var started = Stopwatch.GetTimestamp();
        await fixture.Redis.PauseAsync();
        do
        {
            Assert.InRange(await pair.PingAsync(), TimeSpan.Zero, Late);
        } while (Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(FaultScene.IsLong ? 30 : 3));
        await BusIsAsync(up: false);
        await fixture.Redis.ResumeAsync();
        await BusIsAsync(up: true);
        await traffic.MoreAsync(30);
        await traffic.StopAsync();

        await _scene.VerifyAsync();
    }

    [Fact]
    public async Task A_Redis_that_answers_late_delays_no_acknowledgement_and_loses_nothing()
    {
        // Longer than three heartbeats.
        const int late = 1000;
        var pair = await _scene.AddPairAsync("late");
        await using var traffic = await Traffic.StartAsync(_scene);
        await traffic.MoreAsync(30);
        await using var connection = await ConnectionMultiplexer.ConnectAsync(fixture.Redis.Configuration + ",allowAdmin=true");
        var redis = connection.GetServers()[0];

        // Redis answers everybody, this connection too, when the time is over, and by then has been asked for the next.
        using var healing = new CancellationTokenSource();
        var answers = 0;
        var slowing = Task.Run(async () =>
        {
            for (; !healing.IsCancellationRequested; answers++)
                await redis.ExecuteAsync("CLIENT", "PAUSE", late, "ALL");
        });
        await BusIsAsync(up: false);
        var (answersBefore, acknowledged) = (Volatile.Read(ref answers), 0);
        for (; Volatile.Read(ref answers) < answersBefore + (FaultScene.IsLong ? 20 : 3); acknowledged++)
            await pair.Visitor.SendAsync(pair.Id, $"while Redis is late {acknowledged}");
        await pair.PingAsync();
        await FaultScene.AssertReadyAsync(_scene.Cluster.Nodes);
        await healing.CancelAsync();
        await slowing;
        await BusIsAsync(up: true);
        await pair.PingAsync();
        await traffic.MoreAsync(30);
        await traffic.StopAsync();

        // One at a time: each would have waited for an answer of its own.
        Assert.True(acknowledged > 2 * (Volatile.Read(ref answers) - answersBefore), $"{acknowledged} acknowledgements");
        await _scene.VerifyAsync();
    }

    [Fact]
    public async Task A_node_that_starts_without_Redis_serves_and_joins_the_bus_when_it_comes()
    {
        await fixture.Redis.KillAsync();
        await Task.WhenAll(_scene.Cluster.Nodes.Select(node => node.RestartAsync()));

        var pair = await _scene.AddPairAsync("without");
        Assert.InRange(await pair.PingAsync(), TimeSpan.Zero, Late);
        await fixture.Redis.RestartAsync();
        await BusIsAsync(up: true);

        await pair.PingAsync();
        await _scene.VerifyAsync();
    }

    [Fact]
    public async Task Each_step_of_a_conversation_shows_in_the_list_on_another_node_while_Redis_is_away()
    {
        var access = await _scene.OperatorAsync();
        var here = await _scene.AddOperatorAsync(access, "claimant", () => 0);
        var there = await _scene.AddOperatorAsync(access, "watcher", () => 1);
        await there.WatchAsync();
        var visitor = await _scene.AddVisitorAsync("watched", () => 0);
        await fixture.Redis.KillAsync();
        await BusIsAsync(up: false);

        var id = await visitor.OpenConversationAsync("Is anybody there?");
        await ShowsAsync(ConversationStatus.Queued, "opened");
        await here.ChangeAsync("Claim", new ConversationCommand(id, Guid.NewGuid()));
        await ShowsAsync(ConversationStatus.Open, "claimed");
        await here.ChangeAsync("SetStatus", new SetStatus(id, Guid.NewGuid(), ConversationStatus.Closed));
        await ShowsAsync(ConversationStatus.Closed, "closed");

        await fixture.Redis.RestartAsync();
        await BusIsAsync(up: true);
        await _scene.VerifyAsync();

        Task ShowsAsync(ConversationStatus status, string step) =>
            there.UntilAsync(
                () => there.LookAtList(list => list.Shown.Exists(row => row.ConversationId == id && row.Status == status)),
                $"the other node's list shows the conversation {step}"
            );
    }

    [Fact]
    public async Task Envelopes_that_come_twice_and_out_of_order_change_nothing()
    {
        const int least = 50;
        var connection = await ConnectionMultiplexer.ConnectAsync(fixture.Redis.Configuration);
        await using var _ = connection;
        var subscriber = connection.GetSubscriber();
        using var copied = new SemaphoreSlim(0);
        var copies = new EnvelopeCopies();
        await subscriber.SubscribeAsync(
            RedisChannel.Pattern("chat:s*"),
            (channel, frame) =>
            {
                foreach (var copy in copies.Of((byte[])frame!))
                {
                    subscriber.Publish(RedisChannel.Literal(channel.ToString()), copy, CommandFlags.FireAndForget);
                    copied.Release();
                }
            }
        );

        var pair = await _scene.AddPairAsync("copied");
        await using var traffic = await Traffic.StartAsync(_scene);
        while (copied.CurrentCount < least)
        {
            await traffic.MoreAsync(20);
            await pair.PingAsync();
        }
        await traffic.StopAsync();

        await _scene.VerifyAsync();
    }

    [Fact]
    public async Task What_a_node_commits_while_it_alone_has_lost_the_bus_reaches_the_others_when_it_is_back()
    {
        // One conversation each way: one of the two senders is on the node that is cut off.
        var forth = await _scene.AddPairAsync("forth");
        var visitor = await _scene.AddVisitorAsync("back's visitor", () => 1);
        var @operator = await _scene.AddOperatorAsync(await _scene.OperatorAsync(), "back's operator", () => 0);
        var back = new Pair(visitor, @operator, await visitor.OpenConversationAsync());
        await @operator.OpenAsync(back.Id);
        await using var redis = await ConnectionMultiplexer.ConnectAsync(fixture.Redis.Configuration + ",allowAdmin=true");
        var server = redis.GetServers()[0];
        var nodes = (await server.ClientListAsync()).Select(c => c.Name).Where(IsOfNode).Select(name => name![..^"-pub".Length]).Distinct();

        foreach (var node in nodes.ToList())
        {
            foreach (
                var connection in (await server.ClientListAsync()).Where(c => c.Name?.StartsWith(node, StringComparison.Ordinal) == true)
            )
                await server.ClientKillAsync(connection.Id);
            // The last message for a while: no later one shows that it is missing.
            await Task.WhenAll(forth.PingAsync(), back.PingAsync());
            await BusIsAsync(up: true);
        }

        await _scene.VerifyAsync();

        static bool IsOfNode(string? name) => name?.StartsWith("chat-", StringComparison.Ordinal) == true;
    }

    [Fact]
    public async Task Who_was_signed_out_while_Redis_was_away_loses_his_sockets_on_other_nodes_when_it_is_back()
    {
        var (here, there) = (_scene.Cluster.Nodes[0].BaseAddress, _scene.Cluster.Nodes[1].BaseAddress);
        var session = await _scene.Cluster.NewVisitorAsync();
        await using var visitor = ChatClient.Visitor(() => here, () => Task.FromResult(session.Token));
        await visitor.OpenConversationAsync();
        await fixture.Redis.KillAsync();
        await BusIsAsync(up: false);

        using var http = new HttpClient();
        var logout = new Uri(there, "api/v1/visitor/logout");
        using var left = await http.PostAsJsonAsync(logout, new VisitorLogout(session.RefreshToken), ChatJson.Wire.Options);
        await fixture.Redis.RestartAsync();

        Assert.Equal(204, (int)left.StatusCode);
        await visitor.UntilAsync(
            () => visitor.Pushes.Any(push => push.Push is GoAway away && away.Reason == DisconnectReason.Revoked.Code),
            "the signed-out one is sent away"
        );
        await BusIsAsync(up: true);
    }

    private async Task BusIsAsync(bool up) =>
        await Task.WhenAll(_scene.Cluster.Nodes.Select(node => node.UntilMetricAsync("chat_bus_up", value => value == (up ? 1 : 0))));

    /// <summary>The last envelopes once more, newest first. Its own copies come back to it and are known.</summary>
    private sealed class EnvelopeCopies
    {
        private const int Kept = 4;

        private readonly Lock _gate = new();
        private readonly HashSet<string> _known = new(StringComparer.Ordinal);
        private readonly List<byte[]> _last = [];

        public IReadOnlyList<byte[]> Of(byte[] frame)
        {
            lock (_gate)
            {
                // Version 0 are the bus's own signals.
                if (frame[0] == 0 || !_known.Add(Convert.ToBase64String(frame)))
                    return [];
                _last.Add(frame);
                if (_last.Count > Kept)
                    _last.RemoveAt(0);
                return [.. Enumerable.Reverse(_last)];
            }
        }
    }
}
