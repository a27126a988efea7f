using Chat.Contracts;
using Chat.Server.Delivery;
using Chat.Server.Sockets;
using Chat.Testing.Clients;

namespace Chat.Server.Tests.Sockets;

/// <summary>Who is silent, slow, long or loud is sent away, and nobody else. A beat of the heart is a second.</summary>
public sealed class FrameRulesTests
{
    private const int Silence = Limits.SilenceMs / 1000;
    private const int Unfinished = Limits.UnfinishedMs / 1000;

    private const string Closing = "HubException: invalid";

    private static readonly WireFrame Ping = WireSocket.Record("""{"type":6}""");

    [Fact]
    public void Half_a_minute_without_a_frame_is_too_long_and_ten_seconds_with_a_part_of_one()
    {
        var (silent, unfinished, good) = (NewRules(), NewRules(), NewRules());

        Pass(silent, Silence, isUnfinished: false);
        Pass(unfinished, Unfinished, isUnfinished: true);
        Assert.Equal([null, null], [silent.Fault, unfinished.Fault]);
        Pass(silent, 1, isUnfinished: false);
        Pass(unfinished, 1, isUnfinished: true);
        for (var i = 0; i < 100; i++)
        {
            Pass(good, Silence - 1, isUnfinished: false);
            Pass(good, 1, isUnfinished: true);
            good.Heard();
        }

        Assert.Equal([DisconnectReason.Invalid, DisconnectReason.Invalid, null], [silent.Fault, unfinished.Fault, good.Fault]);
    }

    [Fact]
    public async Task A_client_that_shook_hands_and_sends_nothing_more_is_closed_as_invalid()
    {
        await using var socket = await OpenedSocket.OpenAsync();
        await socket.ShakeHandsAsync();

        Assert.Contains(Closing, await socket.BeatUntilReceivedAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_pings_every_fifteen_seconds_is_never_closed()
    {
        await using var socket = await OpenedSocket.OpenAsync();
        await socket.ShakeHandsAsync();

        for (var i = 0; i < 10; i++)
        {
            socket.Beat(15);
            await socket.SendAsync(Ping);
            await socket.CallAsync();
        }
    }

    [Fact]
    public async Task Pings_of_the_websocket_are_no_frames()
    {
        await using var socket = await OpenedSocket.OpenAsync();
        await socket.ShakeHandsAsync();

        await socket.SendAsync(WireFrame.Empty(WireFrame.Ping), WireFrame.Empty(WireFrame.Text), WireFrame.Empty(WireFrame.Binary));

        Assert.Contains(Closing, await socket.BeatUntilReceivedAsync(), StringComparison.Ordinal);
    }

    public static TheoryData<string> Beginnings => ["nothing", "head", "fragment", "empty fragment", "no separator"];

    [Theory]
    [MemberData(nameof(Beginnings))]
    public async Task A_handshake_that_does_not_come_whole_ends_the_socket(string what)
    {
        await using var socket = await OpenedSocket.OpenAsync();
        await socket.SendAsync(Beginning(what));

        Assert.Contains("error", await socket.BeatUntilReceivedAsync(), StringComparison.Ordinal);
        Assert.Null(await socket.ReceiveAsync());
    }

    [Theory]
    [MemberData(nameof(Beginnings))]
    public async Task A_frame_that_does_not_come_whole_is_closed_as_invalid(string what)
    {
        var room = OpenedSocket.Room();
        await using var socket = await OpenedSocket.OpenAsync(room);
        await socket.ShakeHandsAsync();
        await socket.SendAsync(Beginning(what));
        if (what is "fragment" or "no separator")
            await UntilAsync(() => room.Used > 0);

        Assert.Contains(Closing, await socket.BeatUntilReceivedAsync(), StringComparison.Ordinal);
        await socket.DisposeAsync();
        Assert.Equal(0, room.Used);
    }

    [Fact]
    public async Task A_frame_as_long_as_the_longest_Hello_is_taken_before_Hello_and_a_longer_one_is_too_large()
    {
        await using var good = await OpenedSocket.OpenAsync();
        await good.ShakeHandsAsync();
        await good.SendAsync(Call(Limits.HelloBytes - 1));
        Assert.Contains("\"type\":3", await good.ReceiveAsync(), StringComparison.Ordinal);
        await using var bad = await OpenedSocket.OpenAsync();
        await bad.ShakeHandsAsync();

        await bad.SendAsync(Call(Limits.HelloBytes + 1));

        await ClosedAsync(bad, DisconnectReason.TooLarge);
    }

    [Fact]
    public async Task After_Hello_a_frame_may_be_as_long_as_any()
    {
        await using var socket = await OpenedSocket.OpenAsync();
        await socket.ShakeHandsAsync();
        socket.Connection.BeginHello();
        socket.Connection.EndHello(isAnswered: true);

        await socket.SendAsync(Call(Limits.FrameBytes - 1));
        Assert.Contains("\"type\":3", await socket.ReceiveAsync(), StringComparison.Ordinal);
        await socket.SendAsync(Call(Limits.FrameBytes + 1));

        await ClosedAsync(socket, DisconnectReason.TooLarge);
    }

    [Fact]
    public async Task Long_frames_that_do_not_come_whole_leave_room_for_short_ones_and_the_node_holds_no_more_than_it_may()
    {
        const int most = 1 << 20;
        var room = OpenedSocket.Room(most);
        var sockets = new List<OpenedSocket>();
        for (var i = 0; i < 40; i++)
        {
            sockets.Add(await OpenedSocket.OpenAsync(room));
            await sockets[i].ShakeHandsAsync();
            await sockets[i].SendAsync(Begun(20_000));
        }

        // Some were sent away for want of room.
        await Task.WhenAny(sockets.Select(socket => ClosedAsync(socket, DisconnectReason.Rebalance)));
        Assert.InRange(room.Used, 1, most);
        await using var good = await OpenedSocket.OpenAsync(room);
        await good.ShakeHandsAsync();
        await good.CallAsync();

        foreach (var socket in sockets)
            await socket.DisposeAsync();
        await UntilAsync(() => room.Used == 0);
    }

    public static TheoryData<string> Floods =>
        ["unknown methods", "pings", "calls without an answer", "unknown types", "empty frames", "single bytes"];

    [Theory]
    [MemberData(nameof(Floods))]
    public async Task Far_more_frames_than_are_served_end_the_socket(string what)
    {
        await using var socket = await OpenedSocket.OpenAsync();
        await socket.ShakeHandsAsync();
        var served = 10 * (Limits.ChangesBurst + Limits.CallsBurst);

        var closing = ClosedAsync(socket, DisconnectReason.Invalid);
        await socket.SendAsync(Enumerable.Repeat(Flood(what), served + 1));

        await closing;
    }

    [Theory]
    [InlineData(WireFrame.Ping)]
    [InlineData(WireFrame.Pong)]
    public async Task A_flood_of_control_frames_ends_the_socket_though_no_hub_sees_them(int kind)
    {
        await using var socket = await OpenedSocket.OpenAsync();
        await socket.ShakeHandsAsync();
        // More than a second's reads; the call behind them is answered when all of them are read.
        var answered = socket.ReceiveAsync();
        await socket.SendAsync([.. Enumerable.Repeat(WireFrame.Empty(kind), 300_000), Flood("unknown methods")]);
        Assert.Contains("\"type\":3", await answered, StringComparison.Ordinal);

        var closing = ClosedAsync(socket, DisconnectReason.Invalid);
        socket.Beat(1);

        await closing;
    }

    [Fact]
    public void Frames_that_are_served_sustained_never_end_the_socket()
    {
        var rules = NewRules();
        for (var second = 0; second < 1_000; second++)
        {
            rules.Beat(reads: 10 * second);
            for (var i = 0; i < Limits.ChangesPerSecond + Limits.CallsPerSecond + 1; i++)
                rules.Count(Ping.Payload);
        }
        Assert.Null(rules.Fault);
    }

    [Theory]
    [InlineData(46, null)]
    [InlineData(92, "invalid")]
    public void Each_call_may_be_the_longest_frame_and_come_packet_by_packet(int packets, string? reason)
    {
        var rules = NewRules();

        for (var second = 0; second < 10; second++)
            rules.Beat(reads: second * packets * (Limits.ChangesPerSecond + Limits.CallsPerSecond));

        Assert.Equal(reason, rules.Fault?.Code);
    }

    private static FrameRules NewRules() => new(new RateLimits(), OpenedSocket.Room());

    private static void Pass(FrameRules rules, int seconds, bool isUnfinished)
    {
        for (var i = 0; i < seconds; i++)
            rules.Wait(isUnfinished);
    }

    private static async Task ClosedAsync(OpenedSocket socket, DisconnectReason reason)
    {
        while (await socket.ReceiveAsync() is { } record)
        {
            if (!record.Contains("\"type\":7", StringComparison.Ordinal))
                continue;
            Assert.Contains($"HubException: {reason.Code}", record, StringComparison.Ordinal);
            return;
        }
        Assert.Fail("Closed without a reason.");
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!holds())
        {
            bound.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private static byte[] Beginning(string what) =>
        what switch
        {
            "nothing" => [],
            "head" => Begun(100)[..1],
            "fragment" => new WireFrame(WireFrame.Text, [.. "{\"type\""u8], IsLast: false).ToBytes(),
            "empty fragment" => WireFrame.Empty(WireFrame.Text, isLast: false).ToBytes(),
            _ => new WireFrame(WireFrame.Text, [.. "{\"type\""u8]).ToBytes(),
        };

    /// <summary>All but the last byte.</summary>
    private static byte[] Begun(int length) => new WireFrame(WireFrame.Text, [.. Enumerable.Repeat((byte)'x', length)]).ToBytes()[..^1];

    private static WireFrame Flood(string what) =>
        what switch
        {
            "unknown methods" => WireSocket.Record("""{"type":1,"invocationId":"1","target":"None","arguments":[]}"""),
            "pings" => Ping,
            "calls without an answer" => WireSocket.Record("""{"type":1,"target":"None","arguments":[]}"""),
            "unknown types" => WireSocket.Record("""{"type":5,"invocationId":"9"}"""),
            "empty frames" => WireFrame.Empty(WireFrame.Text),
            _ => new WireFrame(WireFrame.Text, [(byte)' ']),
        };

    /// <summary>A call of a method that there is not, of so many bytes with its end.</summary>
    private static WireFrame Call(int length)
    {
        var call = """{"type":1,"invocationId":"1","target":"None","arguments":["PAD"]}""";
        return WireSocket.Record(call.Replace("PAD", new string('x', length - call.Length + 2), StringComparison.Ordinal));
    }
}
