using System.Net.WebSockets;
using System.Text;
using Chat.Contracts;

namespace Chat.Server.Tests.Hubs;

/// <summary>What is not a call of the protocol.</summary>
[Collection(HubTests.Name)]
public sealed class BadFrameTests(HubScene scene) : BadInput(scene)
{
    [Theory]
    [InlineData("Explode", "[{}]")]
    [InlineData("send", "[]")]
    [InlineData("Claim", "[{}]")]
    [InlineData("OnConnectedAsync", "[]")]
    [InlineData("Dispose", "[]")]
    public async Task An_unknown_method_is_invalid(string method, string arguments)
    {
        await using var visitor = await Scene.VisitorSocketAsync();
        await RefusedAsync(ErrorCode.Invalid, visitor, () => visitor.CallTextAsync(method, arguments));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("[{},{}]")]
    [InlineData("[null]")]
    [InlineData("[[]]")]
    [InlineData("[true]")]
    [InlineData("[\"" + Secret + "\"]")]
    [InlineData("[{}]")]
    [InlineData("""[{"conversationId":"0","clientId":"00000000-0000-0000-0000-000000000001","body":"x"}]""")]
    [InlineData("""[{"conversationId":7,"clientId":"00000000-0000-0000-0000-000000000001","body":"x"}]""")]
    [InlineData("""[{"conversationId":"00000000-0000-0000-0000-000000000001","clientId":"00000000-0000-0000-0000-000000000001"}]""")]
    [InlineData("""[{"conversationId":"00000000-0000-0000-0000-000000000001","clientId":null,"body":"x"}]""")]
    [InlineData(
        """[{"conversationId":"00000000-0000-0000-0000-000000000001","clientId":"00000000-0000-0000-0000-000000000001","body":null}]"""
    )]
    [InlineData(
        """[{"conversationId":"00000000-0000-0000-0000-000000000001","clientId":"00000000-0000-0000-0000-000000000001","body":["x"]}]"""
    )]
    [InlineData(
        """[{"conversationId":"00000000-0000-0000-0000-000000000001","clientId":"00000000-0000-0000-0000-000000000001","body":"x","kind":1}]"""
    )]
    [InlineData(
        """[{"conversationId":"00000000-0000-0000-0000-000000000001","clientId":"00000000-0000-0000-0000-000000000001","body":"x","kind":"shout"}]"""
    )]
    public async Task Arguments_that_do_not_fit_are_invalid(string arguments)
    {
        await using var visitor = await Scene.VisitorSocketAsync();
        await RefusedAsync(ErrorCode.Invalid, visitor, () => visitor.CallTextAsync("Send", arguments));
    }

    [Fact]
    public async Task A_list_with_nothing_in_its_place_is_invalid()
    {
        await using var visitor = await Scene.VisitorSocketAsync();
        await RefusedAsync(ErrorCode.Invalid, visitor, () => visitor.CallTextAsync("Sync", """[{"cursors":[null]}]"""));
    }

    [Fact]
    public async Task Tags_with_nothing_in_their_place_are_invalid()
    {
        await using var visitor = await Scene.VisitorSocketAsync();
        var opened = (await visitor.CallAsync("OpenConversation", new OpenConversation(Guid.NewGuid()))).Read<OpenResult>();
        await using var olga = await Scene.StaffSocketAsync(Scene.Seed.Olga);
        var request = $$"""[{"conversationId":"{{opened.Page.Conversation.Id}}","clientId":"{{Guid.NewGuid()}}","add":[null]}]""";
        await RefusedAsync(ErrorCode.Invalid, olga, () => olga.CallTextAsync("Tag", request));
    }

    [Fact]
    public async Task Fields_with_nothing_in_their_place_are_invalid()
    {
        await using var visitor = await Scene.VisitorSocketAsync();
        var request = $$"""[{"clientId":"{{Guid.NewGuid()}}","fields":{"order":null} }]""";
        await RefusedAsync(ErrorCode.Invalid, visitor, () => visitor.CallTextAsync("OpenConversation", request));
    }

    [Fact]
    public async Task Json_a_thousand_levels_deep_closes_the_connection()
    {
        await using var visitor = await Scene.VisitorSocketAsync();
        var deep = new string('[', 1000) + new string(']', 1000);
        await ClosedAsync(
            DisconnectReason.Invalid,
            visitor,
            () => visitor.SendAsync($$"""{"type":1,"invocationId":"c","target":"Send","arguments":[{{deep}}]}""")
        );
    }

    [Fact]
    public async Task A_stream_where_none_is_is_invalid()
    {
        await using var visitor = await Scene.VisitorSocketAsync();
        await RefusedAsync(
            ErrorCode.Invalid,
            visitor,
            async () =>
            {
                var call = visitor.NextCall();
                await visitor.SendAsync($$"""{"type":4,"invocationId":"{{call}}","target":"Sync","arguments":[{"cursors":[]}]}""");
                return await visitor.AnswerAsync(call);
            }
        );
    }

    [Fact]
    public async Task A_frame_of_a_megabyte_closes_the_connection()
    {
        await using var visitor = await Scene.VisitorSocketAsync();
        var body = Secret + new string('x', 1024 * 1024);
        await ClosedAsync(DisconnectReason.TooLarge, visitor, () => TrySendAsync(visitor, Encoding.UTF8.GetBytes(Call(body))));
    }

    [Fact]
    public async Task Invalid_utf8_closes_the_connection_or_is_invalid()
    {
        await using var visitor = await Scene.VisitorSocketAsync();
        var before = Scene.Database.Count();
        byte[] frame = [.. Encoding.UTF8.GetBytes(Call(Secret)[..^4]), 0xC3, 0x28, 0xFF, .. "\"}]}"u8, (byte)RawSocket.End];

        await TrySendAsync(visitor, frame);
        await visitor.ClosedAsync();

        Assert.Equal(before, Scene.Database.Count());
        await NobodyNoticesAsync(visitor);
    }

    [Theory]
    [InlineData("this is not JSON")]
    [InlineData("{\"type\":1,")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"type\":\"1\"}")]
    [InlineData("{}")]
    [InlineData("{\"type\":1,\"invocationId\":7,\"target\":\"Sync\",\"arguments\":[]}")]
    [InlineData("{\"type\":1,\"target\":{},\"arguments\":[]}")]
    public async Task Garbage_closes_the_connection(string frame)
    {
        await using var visitor = await Scene.VisitorSocketAsync();
        await ClosedAsync(DisconnectReason.Invalid, visitor, () => visitor.SendAsync(frame));
    }

    [Theory]
    [InlineData("{\"type\":99}")]
    [InlineData("{\"type\":6}")]
    [InlineData("{\"type\":5,\"invocationId\":\"nothing\"}")]
    public async Task A_frame_that_means_nothing_is_passed_over(string frame)
    {
        await using var visitor = await Scene.VisitorSocketAsync();
        await visitor.SendAsync(frame);
        Assert.Null((await visitor.CallAsync("Sync", new Sync([]))).Error);
        await NobodyNoticesAsync(visitor);
    }

    [Fact]
    public async Task A_binary_frame_is_read_like_a_text_frame_and_garbage_in_it_closes()
    {
        await using var visitor = await Scene.VisitorSocketAsync();
        byte[] garbage = [0x93, 0xC0, 0x00, 0xFF, (byte)RawSocket.End];
        await ClosedAsync(DisconnectReason.Invalid, visitor, () => visitor.SendAsync(garbage, WebSocketMessageType.Binary));
    }

    [Fact]
    public async Task A_call_without_a_handshake_closes_the_connection()
    {
        await using var socket = await Scene.ConnectAsync("visitor", (await Scene.NewVisitorAsync()).Token);
        var before = Scene.Database.Count();
        await socket.SendAsync(Call(Secret));
        await socket.ClosedAsync();
        Assert.Equal(before, Scene.Database.Count());
        // The answer to a handshake is SignalR's own sentence.
        Assert.DoesNotContain(socket.Received, frame => frame.Contains("Exception", StringComparison.Ordinal));
        await NobodyNoticesAsync(null);
    }

    [Theory]
    [InlineData("""{"protocol":"messagepack","version":1}""")]
    [InlineData("""{"protocol":"json","version":99}""")]
    [InlineData("""{"protocol":7}""")]
    [InlineData("hello")]
    public async Task A_handshake_for_another_protocol_is_refused(string handshake)
    {
        await using var socket = await Scene.ConnectAsync("visitor", (await Scene.NewVisitorAsync()).Token);
        await socket.SendAsync(handshake);
        await socket.ClosedAsync();
        Assert.DoesNotContain("{}", socket.Received);
        await NobodyNoticesAsync(null);
    }

    private static string Call(string body) =>
        $$"""{"type":1,"invocationId":"c","target":"Send","arguments":[{"conversationId":"{{Guid.NewGuid()}}","clientId":"{{Guid.NewGuid()}}","body":"{{body}}"}]}"""
        + RawSocket.End;

    // The server may close before it has taken all of it.
    private static async Task TrySendAsync(RawSocket socket, byte[] frame)
    {
        try
        {
            await socket.SendAsync(frame);
        }
        catch (WebSocketException)
        {
            await socket.ClosedAsync();
        }
    }
}
