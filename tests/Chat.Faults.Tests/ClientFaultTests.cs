using System.Globalization;
using Chat.Contracts;
using Chat.Testing.Clients;
using Chat.Testing.Nodes;

namespace Chat.Faults.Tests;

/// <summary>What one client does to itself, on the second node; its neighbours there must not notice.</summary>
[Collection<SharedScene>]
public sealed class ClientFaultTests(SharedScene fixture)
{
    private const int Neighbours = 49;

    // From one node to the other, with both busy.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(3);

    private readonly FaultScene _scene = fixture.Scene;

    [Fact]
    public async Task A_client_that_never_reads_is_told_to_resync_or_cut_and_nobody_else_notices()
    {
        var pair = await _scene.AddPairAsync("read");
        for (var i = 0; i < 40; i++)
            await pair.Visitor.SendAsync(pair.Id, $"{i}: {new string('x', 7000)}");
        var readers = new List<ChatClient>();
        for (var i = 0; i < Neighbours; i++)
        {
            var reader = await _scene.AddOperatorAsync(await _scene.OperatorAsync(), $"reader {i}", () => 1);
            await reader.OpenAsync(pair.Id);
            readers.Add(reader);
        }
        var node = _scene.Cluster.Nodes[1];
        var memory = Memory(node);
        // The first reads again in time, the second does not.
        await using var late = await StopReadingAsync(node, pair.Id);
        var slowest = await PingUntilOverflowAsync(pair, node, 1);
        var told = await late.UntilAsync("\"resync\"");
        await using var never = await StopReadingAsync(node, pair.Id);
        slowest = Max(slowest, await PingUntilOverflowAsync(pair, node, 2));
        await never.UntilCutAsync();

        Assert.Contains("overflow", told, StringComparison.Ordinal);
        Assert.InRange(slowest, TimeSpan.Zero, Soon);
        var head = pair.Visitor.Log(pair.Id).Seq;
        await Task.WhenAll(readers.Select(r => r.UntilAsync(() => r.Log(pair.Id).Seq == head, "all events")));
        Assert.All(readers, r => Assert.Equal((0, 0), (r.Reconnects, r.Cuts)));
        Assert.InRange(Memory(node) - memory, long.MinValue, 150L << 20);
        await _scene.VerifyAsync();
    }

    [Fact]
    public async Task A_client_behind_64_kbit_a_second_gets_the_whole_log_and_nobody_else_notices()
    {
        var pair = await _scene.AddPairAsync("wide");
        await using var link = TcpProxy.Start(_scene.Cluster.Nodes[1].BaseAddress.Port);
        link.Narrow(bytesPerSecond: 8_000);
        var way = new Uri($"http://127.0.0.1:{link.Port}");
        var narrow = await _scene.AddOperatorAsync(await _scene.OperatorAsync(), "narrow", () => way);
        await narrow.OpenAsync(pair.Id);

        for (var i = 0; i < (FaultScene.IsLong ? 60 : 8); i++)
            await pair.Visitor.SendAsync(pair.Id, $"{i}: {new string('x', 7000)}");
        await pair.PingAsync();
        var head = pair.Operator.Log(pair.Id).Seq;
        var behind = head - narrow.Log(pair.Id).Seq;
        await narrow.UntilAsync(() => narrow.Log(pair.Id).Seq == head, "the whole log", TimeSpan.FromMinutes(3));

        Assert.True(behind > 0, "nobody had to wait for the narrow one, for it was as quick");
        Assert.All((ChatClient[])[pair.Visitor, pair.Operator, narrow], client => Assert.Equal((0, 0), (client.Reconnects, client.Cuts)));
        await _scene.VerifyAsync();
        // Others use the scene after this, and the link ends.
        way = _scene.Door(1);
    }

    [Fact]
    public async Task A_flood_of_calls_is_refused_and_nobody_else_notices()
    {
        var pair = await _scene.AddPairAsync("flooded");
        await using var flooder = await ConnectVisitorAsync();
        var slowest = TimeSpan.Zero;

        var flooding = Task.Run(async () =>
        {
            for (var i = 0; i < 2000; i++)
                await flooder.CallAsync("Send", $$"""{"conversationId":"{{pair.Id}}","clientId":"{{Guid.NewGuid()}}","body":"x"}""");
        });
        var refused = await flooder.UntilAsync(ErrorCode.RateLimited.Code);
        for (var i = 0; i < 10; i++)
            slowest = Max(slowest, await pair.PingAsync());
        var draining = flooder.ReadToEndAsync();
        await flooding;

        Assert.Contains($"\"error\":\"{ErrorCode.RateLimited.Code}\"", refused, StringComparison.Ordinal);
        Assert.InRange(slowest, TimeSpan.Zero, Soon);
        Assert.False(draining.IsCompleted, "the connection goes on");
        await _scene.VerifyAsync();
    }

    [Fact]
    public async Task An_oversized_frame_ends_its_connection_with_the_reason_and_no_other()
    {
        var pair = await _scene.AddPairAsync("oversized");
        await using var client = await ConnectVisitorAsync();

        await client.CallAsync("Send", RawClient.Json(new string('x', Limits.FrameBytes)));
        var end = await client.ReadToEndAsync();

        Assert.Contains($"\"error\":\"{DisconnectReason.TooLarge.Code}\"", end, StringComparison.Ordinal);
        await IsUnharmedAsync(pair);
    }

    [Theory]
    [InlineData("this is not JSON")]
    [InlineData("{\"type\":1,\"target\":")]
    [InlineData("""{"type":"one"}""")]
    [InlineData("[]")]
    [InlineData("\u0000\u0001\u0002")]
    public async Task A_malformed_frame_ends_its_connection_with_the_reason_and_no_other(string frame)
    {
        var pair = await _scene.AddPairAsync("malformed");
        await using var client = await ConnectVisitorAsync();

        await client.SendAsync(frame);
        var end = await client.ReadToEndAsync();

        Assert.Contains($"\"error\":\"{DisconnectReason.Invalid.Code}\"", end, StringComparison.Ordinal);
        await IsUnharmedAsync(pair);
    }

    [Theory]
    [InlineData("NoSuchMethod", "{}")]
    [InlineData("Claim", "{}")]
    [InlineData("Send", "7")]
    [InlineData("Send", "null")]
    [InlineData("Send", "{}")]
    public async Task A_call_that_does_not_exist_or_bind_is_refused_and_the_connection_goes_on(string method, string argument)
    {
        await using var client = await ConnectVisitorAsync();

        await client.CallAsync(method, argument);
        var refused = await client.UntilAsync("\"invocationId\":\"1\"");
        await client.CallAsync("Hello", $$"""{"protocol":{{ProtocolVersion.Current}},"deviceId":"{{Guid.NewGuid()}}"}""");

        // Behind what is refused, and why.
        Assert.Matches($"\"error\":\"[^\"]+: {ErrorCode.Invalid.Code}\"", refused);
        Assert.Contains("serverTime", await client.UntilAsync("\"invocationId\":\"2\""), StringComparison.Ordinal);
    }

    private static async Task IsUnharmedAsync(Pair pair)
    {
        Assert.InRange(await pair.PingAsync(), TimeSpan.Zero, Soon);
        Assert.Equal((0, 0), (pair.Operator.Cuts, pair.Visitor.Cuts));
    }

    private async Task<RawClient> ConnectVisitorAsync()
    {
        var session = await _scene.Cluster.NewVisitorAsync();
        return await RawClient.ConnectAsync(_scene.Cluster.Nodes[1].BaseAddress, "hubs/visitor", session.Token);
    }

    /// <summary>An operator who follows the conversation, asks for megabytes of it and reads nothing of the answers.</summary>
    private async Task<RawClient> StopReadingAsync(ChatNode node, ConversationId id)
    {
        var access = await _scene.OperatorAsync();
        var client = await RawClient.ConnectAsync(node.BaseAddress, "hubs/operator", (await access.SignInAsync()).Token);
        await client.CallAsync("Open", $$"""{"conversationId":"{{id}}"}""");
        await client.UntilAsync("\"invocationId\":\"1\"");
        for (var i = 0; i < 40; i++)
            await client.CallAsync("History", $$"""{"conversationId":"{{id}}","limit":{{Limits.HistoryPage}}}""");
        return client;
    }

    /// <summary>Sends until the queue of a client who does not read has been dropped; answers the slowest delivery to one who does.</summary>
    private static async Task<TimeSpan> PingUntilOverflowAsync(Pair pair, ChatNode node, int overflows)
    {
        var slowest = TimeSpan.Zero;
        var full = node.UntilMetricAsync("chat_outbound_overflows", count => count >= overflows);
        do slowest = Max(slowest, await pair.PingAsync());
        while (!full.IsCompleted);
        await full;
        return slowest;
    }

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static long Memory(ChatNode node)
    {
        var line = File.ReadLines($"/proc/{node.Id}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }
}
