using System.Text;
using Chat.Contracts;
using Chat.Testing.Clients;
using Chat.Testing.Nodes;
using Chat.Testing.Processes;
using Chat.Testing.Services;

namespace Chat.Faults.Tests;

/// <summary>Very many frames that are none, of many kinds, over many sockets, while two go on chatting: nothing crashes and nothing is left behind.</summary>
public sealed class MalformedFrameTests(ITestOutputHelper output)
{
    private const int AtOnce = 16;

    /// <summary>Of one kind over one socket, as far as it lives.</summary>
    private const int FramesOfASocket = 50;

    private static readonly int Frames = FaultScene.IsLong ? 100_000 : 4_000;

    [Fact]
    public async Task Malformed_frames_crash_nothing_and_leave_nothing_behind()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"Seed {seed}");
        var postgres = await PostgresService.SharedAsync();
        await using var cluster = await ChatCluster.StartAsync(await postgres.CreateDatabaseAsync(), redis: null, nodes: 1);
        var node = cluster.Nodes[0];
        var sessions = new List<VisitorSession>();
        for (var i = 0; i < AtOnce; i++)
            sessions.Add(await cluster.NewVisitorAsync());
        await using var canary = await Canary.StartAsync(cluster);
        // What is made once and kept is made now.
        await AttackAsync(node, sessions, new Random(seed), Math.Max(2_000, Frames / 4));
        await canary.ChatAsync();
        var (files, memory) = await MeasureAsync(node);

        var attack = AttackAsync(node, sessions, new Random(seed + 1), Frames);
        while (!attack.IsCompleted)
            await canary.ChatAsync();
        var sockets = await attack;
        await canary.ChatAsync();
        var (filesAfter, memoryAfter) = await MeasureAsync(node);

        output.WriteLine($"{Frames} frames, {sockets} sockets; files {files} and {filesAfter}, heap {memory} and {memoryAfter}");
        Assert.True(node.IsRunning);
        Assert.InRange(filesAfter, 1, files + 5);
        Assert.InRange(memoryAfter, 1, memory * 1.05);
    }

    private static async Task<int> AttackAsync(ChatNode node, List<VisitorSession> sessions, Random random, int frames)
    {
        var left = frames;
        var sockets = 0;
        var attackers = sessions.Select(session => (session, new Random(random.Next()))).ToArray();
        await Task.WhenAll(
            attackers.Select(async attacker =>
            {
                while (Interlocked.Add(ref left, -FramesOfASocket) > -FramesOfASocket)
                {
                    Interlocked.Increment(ref sockets);
                    await AttackAsync(node, attacker.session, attacker.Item2);
                }
            })
        );
        return sockets;
    }

    private static async Task AttackAsync(ChatNode node, VisitorSession session, Random random)
    {
        using var socket = await WireSocket.ConnectAsync(node.BaseAddress, "visitor", session.Token);
        if (random.Next(4) > 0)
            await socket.ShakeHandsAsync();
        await socket.SendAsync([.. Enumerable.Range(0, FramesOfASocket).SelectMany(_ => Malformed(random))]);
        switch (random.Next(3))
        {
            case 0:
                await socket.SendAsync(WireFrame.Empty(WireFrame.Close));
                await socket.ReadToEndAsync();
                break;
            case 1:
                socket.End(isReset: true);
                break;
            default:
                socket.End(isReset: false);
                break;
        }
    }

    private static byte[] Malformed(Random random)
    {
        var garbage = new byte[random.Next(300)];
        random.NextBytes(garbage);
        var letters = Encoding.ASCII.GetBytes(new string('x', random.Next(300)));
        var call = WireSocket.Record("""{"type":1,"invocationId":"1","target":"Sync","arguments":[{"cursors":[]}]}""");
        return random.Next(60) switch
        {
            // They end the socket.
            0 => (call with { IsMasked = false }).ToBytes(),
            1 => (call with { Reserved = random.Next(1, 8) }).ToBytes(),
            2 => new WireFrame(random.Next(3, 8), letters).ToBytes(),
            3 => new WireFrame(WireFrame.Ping, new byte[126 + letters.Length]).ToBytes(),
            4 => garbage,
            5 => new WireFrame(WireFrame.Text, [.. garbage, 0x1e]).ToBytes(),
            6 => new WireFrame(WireFrame.Binary, [.. garbage, 0x1e]).ToBytes(),
            7 => WireSocket.Record("{\"type\":\"1\"}").ToBytes(),
            8 => WireSocket.Record(new string('[', 1000)).ToBytes(),
            9 => WireFrame.Empty(WireFrame.Text, isLast: false).ToBytes(),
            10 => new WireFrame(WireFrame.Text, new byte[30_000]).ToBytes()[..random.Next(1, 20_000)],
            // They do not.
            < 20 => WireSocket.Record("""{"type":1,"invocationId":"1","target":"Explode","arguments":[]}""").ToBytes(),
            < 30 => WireSocket.Record("""{"type":1,"invocationId":"1","target":"Send","arguments":[7]}""").ToBytes(),
            < 40 => WireFrame.Empty(random.Next(2) + 1).ToBytes(),
            < 50 => WireSocket.Record($$"""{"type":{{random.Next(4, 100)}}}""").ToBytes(),
            _ => WireSocket.Record("""{"type":4,"invocationId":"1","target":"Hello","arguments":[{}]}""").ToBytes(),
        };
    }

    /// <summary>Descriptors and bytes of the managed heap, once only the canary is connected.</summary>
    private static async Task<(int Files, double Memory)> MeasureAsync(ChatNode node)
    {
        await node.UntilMetricAsync("chat_connections", open => (int)open == 2, label: "hub=");
        for (var i = 0; i < 3; i++)
            await ManagedHeap.CollectAsync(node.Id);
        // Without the gaps between what lives: how many there are is the collector's affair.
        var heap = await node.UntilMetricAsync("dotnet_gc_last_collection_heap_size", _ => true);
        var memory = heap - await node.UntilMetricAsync("dotnet_gc_last_collection_heap_fragmentation_size", _ => true);
        return (Directory.GetFileSystemEntries($"/proc/{node.Id}/fd").Length, memory);
    }

    /// <summary>A visitor and an operator who must not notice.</summary>
    private sealed class Canary(ChatClient visitor, ChatClient @operator, ConversationId id) : IAsyncDisposable
    {
        public static async Task<Canary> StartAsync(ChatCluster cluster)
        {
            var session = await cluster.NewVisitorAsync();
            var staff = await (await cluster.AddOperatorAsync("Olga")).SignInAsync();
            var visitor = ChatClient.Visitor(() => cluster.Nodes[0].BaseAddress, () => Task.FromResult(session.Token));
            var @operator = ChatClient.Operator(() => cluster.Nodes[0].BaseAddress, () => Task.FromResult(staff.Token));
            var id = await visitor.OpenConversationAsync();
            await @operator.OpenAsync(id);
            return new Canary(visitor, @operator, id);
        }

        public async Task ChatAsync()
        {
            var sent = await visitor.SendAsync(id, "Still there?");
            await @operator.UntilAsync(() => @operator.Log(id).Seq >= sent.Event!.Seq, "the operator gets the message");
            Assert.Equal((0, 0), (visitor.Reconnects, @operator.Reconnects));
            Assert.Equal((0, 0), (visitor.Cuts, @operator.Cuts));
        }

        public async ValueTask DisposeAsync()
        {
            await visitor.DisposeAsync();
            await @operator.DisposeAsync();
        }
    }
}
