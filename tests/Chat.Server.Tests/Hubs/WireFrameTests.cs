using Chat.Contracts;
using Chat.Testing.Clients;

namespace Chat.Server.Tests.Hubs;

/// <summary>The frames of RFC 6455 against a node: what is allowed goes on, what is not ends the socket, and no end is missed.</summary>
[Collection(HubTests.Name)]
public sealed class WireFrameTests(HubScene scene)
{
    private static readonly WireFrame Call = WireSocket.Record(
        """{"type":1,"invocationId":"after","target":"Sync","arguments":[{"cursors":[]}]}"""
    );

    private static readonly byte[] Half = Call.Payload[..20];
    private static readonly byte[] Rest = Call.Payload[20..];

    /// <summary>After each of them a call is answered.</summary>
    private static readonly Dictionary<string, WireFrame[]> Allowed = new(StringComparer.Ordinal)
    {
        ["an empty text"] = [WireFrame.Empty(WireFrame.Text), Call],
        ["two empty texts"] = [WireFrame.Empty(WireFrame.Text), WireFrame.Empty(WireFrame.Text), Call],
        ["two empty binaries"] = [WireFrame.Empty(WireFrame.Binary), WireFrame.Empty(WireFrame.Binary), Call],
        ["two empty fragments"] =
        [
            WireFrame.Empty(WireFrame.Text, isLast: false),
            WireFrame.Empty(WireFrame.Continuation),
            WireFrame.Empty(WireFrame.Text),
            Call,
        ],
        ["a binary"] = [Call with { Opcode = WireFrame.Binary }],
        ["fragments"] = [new WireFrame(WireFrame.Text, Half, IsLast: false), new WireFrame(WireFrame.Continuation, Rest)],
        ["fragments with empty ones between"] =
        [
            WireFrame.Empty(WireFrame.Text, isLast: false),
            new WireFrame(WireFrame.Continuation, Half, IsLast: false),
            WireFrame.Empty(WireFrame.Continuation, isLast: false),
            new WireFrame(WireFrame.Continuation, Rest),
        ],
        ["fragments with a ping between"] =
        [
            new WireFrame(WireFrame.Text, Half, IsLast: false),
            new WireFrame(WireFrame.Ping, [.. "there?"u8]),
            new WireFrame(WireFrame.Continuation, Rest),
        ],
        ["one frame in two messages"] = [new WireFrame(WireFrame.Text, Half), new WireFrame(WireFrame.Text, Rest)],
        ["pings and pongs"] =
        [
            WireFrame.Empty(WireFrame.Ping),
            WireFrame.Empty(WireFrame.Pong),
            new WireFrame(WireFrame.Ping, new byte[125]),
            Call,
        ],
    };

    /// <summary>Each of them ends the socket.</summary>
    private static readonly Dictionary<string, WireFrame[]> Forbidden = new(StringComparer.Ordinal)
    {
        ["unmasked"] = [Call with { IsMasked = false }],
        ["reserved bits"] = [Call with { Reserved = 4 }],
        ["a reserved bit of a control frame"] = [WireFrame.Empty(WireFrame.Ping) with { Reserved = 1 }],
        ["opcode 3"] = [WireFrame.Empty(3)],
        ["opcode 15"] = [WireFrame.Empty(15)],
        ["a control frame of 126 bytes"] = [new WireFrame(WireFrame.Ping, new byte[126])],
        ["a control frame in fragments"] = [WireFrame.Empty(WireFrame.Ping, isLast: false)],
        ["a continuation of nothing"] = [WireFrame.Empty(WireFrame.Continuation)],
        ["a message within a message"] = [new WireFrame(WireFrame.Text, Half, IsLast: false), Call],
        ["no UTF-8"] = [new WireFrame(WireFrame.Text, [0xc3, 0x28, 0x1e])],
        ["a close"] = [WireFrame.Empty(WireFrame.Close)],
        ["a close with a code"] = [new WireFrame(WireFrame.Close, [0x03, 0xe8])],
        ["a close with a text"] = [new WireFrame(WireFrame.Close, [0x03, 0xe8, .. "bye"u8])],
        ["a close of one byte"] = [new WireFrame(WireFrame.Close, [0x03])],
        ["a close with a code that there is not"] = [new WireFrame(WireFrame.Close, [0x00, 0x01])],
        ["a close with no UTF-8"] = [new WireFrame(WireFrame.Close, [0x03, 0xe8, 0xff])],
        ["a close amid a message"] = [new WireFrame(WireFrame.Text, Half, IsLast: false), WireFrame.Empty(WireFrame.Close)],
    };

    public static TheoryData<string, bool> AllowedNames =>
        new(Allowed.Keys.SelectMany(name => ((string, bool)[])[(name, false), (name, true)]));

    public static TheoryData<string> ForbiddenNames => [.. Forbidden.Keys];

    [Theory]
    [MemberData(nameof(AllowedNames))]
    public async Task What_is_allowed_goes_on_and_the_end_is_noticed(string name, bool isReset)
    {
        using var socket = await ConnectAsync();

        await socket.SendAsync(Allowed[name]);
        await socket.UntilAsync("\"invocationId\":\"after\"");
        socket.End(isReset);

        await AloneAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_end_after_empty_frames_is_noticed(bool isReset)
    {
        using var socket = await ConnectAsync();
        await socket.SendAsync(WireFrame.Empty(WireFrame.Text), WireFrame.Empty(WireFrame.Text), WireFrame.Empty(WireFrame.Binary));

        socket.End(isReset);

        await AloneAsync();
    }

    [Theory]
    [MemberData(nameof(ForbiddenNames))]
    public async Task What_is_not_allowed_ends_the_socket_and_nobody_else_notices(string name)
    {
        using var socket = await ConnectAsync();

        await socket.SendAsync(Forbidden[name]);
        var received = await socket.ReadToEndAsync();

        Assert.DoesNotContain("\"invocationId\":\"after\"", received, StringComparison.Ordinal);
        await AloneAsync();
        await scene.Bystanders.ChatAsync();
    }

    [Fact]
    public async Task A_client_that_is_refused_again_and_again_is_closed_as_invalid()
    {
        using var socket = await ConnectAsync();
        var call = WireSocket.Record("""{"type":1,"invocationId":"1","target":"Sync","arguments":[{"cursors":[]}]}""");

        await socket.SendAsync(Enumerable.Repeat(call, 11 * (Limits.CallsBurst + Limits.ChangesBurst)));
        var received = await socket.ReadToEndAsync();

        Assert.Contains($"\"type\":7,\"error\":\"{DisconnectReason.Invalid.Code}\"", received, StringComparison.Ordinal);
        await scene.Bystanders.ChatAsync();
    }

    [Fact]
    public void The_longest_Hello_fits_a_frame_before_Hello()
    {
        // Every letter escaped, numbers of the most digits.
        var text = string.Concat(Enumerable.Repeat("\\u0416", Limits.SdkLength));
        var locale = string.Concat(Enumerable.Repeat("\\u0416", Limits.LocaleLength));
        var cursor = $$"""{"conversationId":"{{Guid.NewGuid()}}","epoch":{{long.MinValue}},"seq":{{long.MinValue}}}""";
        var arguments = string.Join(
            ',',
            $"\"protocol\":{int.MinValue}",
            $"\"deviceId\":\"{Guid.NewGuid()}\"",
            $"\"sdk\":\"{text}\"",
            $"\"locale\":\"{locale}\"",
            $"\"cursors\":[{string.Join(',', Enumerable.Repeat(cursor, Limits.Cursors))}]"
        );
        var hello = $"{{\"type\":1,\"invocationId\":\"{Guid.NewGuid()}\",\"target\":\"Hello\",\"arguments\":[{{{arguments}}}]}}";

        Assert.InRange(WireSocket.Record(hello).Payload.Length, 20_000, Limits.HelloBytes - 1);
    }

    private async Task<WireSocket> ConnectAsync()
    {
        var socket = await WireSocket.ConnectAsync(scene.Node.BaseAddress, "visitor", (await scene.NewVisitorAsync()).Token);
        await socket.ShakeHandsAsync();
        return socket;
    }

    /// <summary>Only the bystanders are left.</summary>
    private async Task AloneAsync() =>
        await scene.Node.UntilMetricAsync("chat_connections", open => (int)open == 1, label: "hub=\"visitor\"");
}
