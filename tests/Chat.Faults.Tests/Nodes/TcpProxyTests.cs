using System.Net;
using System.Net.Sockets;
using System.Text;
using Chat.Testing.Nodes;

namespace Chat.Faults.Tests.Nodes;

public sealed class TcpProxyTests : IAsyncLifetime
{
    private static readonly TimeSpan Generous = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(200);

    private readonly EchoServer _server = new("");
    private readonly TcpProxy _proxy;

    public TcpProxyTests() => _proxy = TcpProxy.Start(_server.Port);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        _server.Dispose();
    }

    [Fact]
    public async Task It_forwards_both_ways_and_passes_the_end_on()
    {
        using var client = await ConnectAsync();

        Assert.Equal("hello", await AskAsync(client, "hello"));
        client.Shutdown(SocketShutdown.Send);

        Assert.Equal("", await ReadAsync(client));
    }

    [Fact]
    public async Task A_changed_target_holds_for_new_connections()
    {
        using var other = new EchoServer("other:");
        using var before = await ConnectAsync();
        Assert.Equal("a", await AskAsync(before, "a"));

        _proxy.TargetPort = other.Port;
        using var after = await ConnectAsync();

        Assert.Equal("other:b", await AskAsync(after, "b"));
        Assert.Equal("c", await AskAsync(before, "c"));
    }

    [Fact]
    public async Task Cutting_all_resets_every_connection_and_later_ones_work()
    {
        using var first = await ConnectAsync();
        using var second = await ConnectAsync();
        await AskAsync(first, "a");
        await AskAsync(second, "a");

        _proxy.CutAll();

        await AssertResetAsync(first);
        await AssertResetAsync(second);
        using var third = await ConnectAsync();
        Assert.Equal("b", await AskAsync(third, "b"));
    }

    [Fact]
    public async Task While_it_refuses_new_clients_fail_and_old_ones_go_on()
    {
        using var old = await ConnectAsync();
        await AskAsync(old, "a");

        _proxy.Refuse = true;
        var refused = await Assert.ThrowsAsync<SocketException>(ConnectAsync);
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
        Assert.Equal("b", await AskAsync(old, "b"));

        _proxy.Refuse = false;
        using var later = await ConnectAsync();
        Assert.Equal("c", await AskAsync(later, "c"));
    }

    [Theory]
    [InlineData(Direction.FromClient)]
    [InlineData(Direction.FromServer)]
    public async Task A_stalled_direction_holds_its_bytes_until_it_is_resumed(Direction direction)
    {
        using var client = await ConnectAsync();
        await AskAsync(client, "a");

        _proxy.Stall(direction);
        var answer = AskAsync(client, "b");
        var reached = _server.Received("b");
        var held = direction == Direction.FromClient ? reached : answer;
        if (direction == Direction.FromServer)
        {
            await reached.WaitAsync(Generous);
        }
        await Assert.ThrowsAsync<TimeoutException>(() => held.WaitAsync(Silence));
        _proxy.Resume(direction);

        Assert.Equal("b", await answer);
    }

    [Fact]
    public async Task A_narrow_way_takes_its_bytes_one_after_the_other()
    {
        using var client = await ConnectAsync();
        await AskAsync(client, "a");

        _proxy.Narrow(bytesPerSecond: 1);
        await client.SendAsync("bc"u8.ToArray());

        await _server.Received("b").WaitAsync(Generous);
        await _server.Received("c").WaitAsync(Generous);
    }

    [Fact]
    public async Task A_trapped_request_reaches_the_server_and_its_reply_does_not_reach_the_client()
    {
        using var client = await ConnectAsync();
        using var bystander = await ConnectAsync();
        var cut = _proxy.CutBeforeReply(bytes => bytes.Span.SequenceEqual("COMMIT"u8));
        Assert.Equal("INSERT", await AskAsync(client, "INSERT"));

        await client.SendAsync("COMMIT"u8.ToArray());

        await cut.WaitAsync(Generous);
        await _server.Received("COMMIT").WaitAsync(Generous);
        await AssertResetAsync(client);
        Assert.Equal("COMMIT", await AskAsync(bystander, "COMMIT"));
    }

    private async Task<Socket> ConnectAsync()
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, _proxy.Port);
        return client;
    }

    private static async Task<string> AskAsync(Socket client, string text)
    {
        await client.SendAsync(Encoding.ASCII.GetBytes(text));
        return await ReadAsync(client);
    }

    private static async Task<string> ReadAsync(Socket client)
    {
        var buffer = new byte[100];
        var count = await client.ReceiveAsync(buffer).WaitAsync(Generous);
        return Encoding.ASCII.GetString(buffer, 0, count);
    }

    private static async Task AssertResetAsync(Socket client)
    {
        var lost = await Assert.ThrowsAsync<SocketException>(() => ReadAsync(client));
        Assert.Equal(SocketError.ConnectionReset, lost.SocketErrorCode);
    }
}
