using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Chat.Server.Sockets;
using CsCheck;

namespace Chat.Server.Tests.Sockets;

/// <summary>What SignalR relies on in a pipe, over two ends of a WebSocket.</summary>
public sealed class SocketReaderTests : IAsyncLifetime
{
    private WebSocket _client = null!;
    private WebSocket _server = null!;
    private SocketReader _reader = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => (_client, _server, _reader) = await OpenAsync();

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        _server.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_read_that_is_cancelled_loses_nothing()
    {
        var pending = _reader.ReadAsync(Token);
        _reader.CancelPendingRead();
        var cancelled = await pending;
        _reader.AdvanceTo(cancelled.Buffer.Start);
        await SendAsync(_client, "hello"u8.ToArray());

        var read = await _reader.ReadAsync(Token);

        Assert.True(cancelled.IsCanceled);
        Assert.False(read.IsCanceled);
        Assert.Equal("hello"u8.ToArray(), read.Buffer.ToArray());
    }

    [Fact]
    public async Task What_was_examined_and_not_consumed_comes_again_with_what_follows()
    {
        await SendAsync(_client, "one"u8.ToArray());
        var first = await _reader.ReadAsync(Token);
        _reader.AdvanceTo(first.Buffer.GetPosition(1), first.Buffer.End);
        var pending = _reader.ReadAsync(Token);
        Assert.False(pending.IsCompleted);
        await SendAsync(_client, "two"u8.ToArray());

        Assert.Equal("netwo"u8.ToArray(), (await pending).Buffer.ToArray());
    }

    [Fact]
    public async Task The_close_frame_is_the_end_of_the_input()
    {
        await _client.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Token);

        Assert.True((await _reader.ReadAsync(Token)).IsCompleted);
    }

    [Fact]
    public async Task A_lost_client_is_the_end_of_the_input()
    {
        var pending = _reader.ReadAsync(Token);
        _client.Abort();

        Assert.True((await pending).IsCompleted);
    }

    [Fact]
    public async Task Draining_waits_for_the_clients_answer_and_drops_what_it_still_sends()
    {
        var pending = _reader.ReadAsync(Token);
        _reader.CancelPendingRead();
        await pending;
        await _server.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Token);
        var closing = _reader.DrainAsync();
        await SendAsync(_client, new byte[10_000]);
        Assert.False(closing.IsCompleted);
        await _client.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Token);
        await closing;

        var received = await _client.ReceiveAsync(new byte[16], Token);
        Assert.Equal(WebSocketMessageType.Close, received.MessageType);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, received.CloseStatus);
    }

    [Fact]
    public async Task While_it_pauses_nothing_is_received_and_its_client_is_not_late()
    {
        _reader.Pause();
        await SendAsync(_client, "hello"u8.ToArray());
        var pending = _reader.ReadAsync(Token);
        for (var second = 0; second < 100; second++)
            _reader.Beat(reads: 0);
        Assert.False(pending.IsCompleted);

        _reader.Resume();

        Assert.Equal("hello"u8.ToArray(), (await pending).Buffer.ToArray());
    }

    [Fact]
    public async Task However_it_is_cut_and_consumed_the_same_bytes_come_in_order() =>
        await Gen.Select(Gen.Int[0, 9_000].List[1, 12], Gen.Int[0, 5_000].List[1, 12])
            .SampleAsync(
                async plan =>
                {
                    var (sizes, steps) = plan;
                    var (client, server, reader) = await OpenAsync();
                    using (client)
                    using (server)
                    {
                        // Text, as all frames are.
                        var sent = Encoding.ASCII.GetBytes(
                            string.Concat(Enumerable.Range(0, sizes.Sum()).Select(i => (char)('a' + i % 23)))
                        );
                        var sending = SendAllAsync(client, sent, sizes);
                        var received = await ReceiveAllAsync(reader, steps);
                        await sending;
                        Assert.Equal(sent, received);
                    }
                },
                iter: 50
            );

    private static async Task SendAllAsync(WebSocket client, byte[] sent, List<int> sizes)
    {
        var offset = 0;
        foreach (var size in sizes)
        {
            await SendAsync(client, sent.AsMemory(offset, size));
            offset += size;
        }
        await client.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Token);
    }

    private static async Task<byte[]> ReceiveAllAsync(SocketReader reader, List<int> steps)
    {
        var received = new ArrayBufferWriter<byte>();
        for (var turn = 0; ; turn++)
        {
            var read = await reader.ReadAsync(Token);
            var taken = read.IsCompleted ? read.Buffer : read.Buffer.Slice(0, Math.Min(read.Buffer.Length, steps[turn % steps.Count]));
            foreach (var piece in taken)
                received.Write(piece.Span);
            // Nothing taken: only more can help.
            reader.AdvanceTo(taken.End, taken.IsEmpty ? read.Buffer.End : taken.End);
            if (read.IsCompleted)
                return received.WrittenSpan.ToArray();
        }
    }

    private static ValueTask SendAsync(WebSocket client, ReadOnlyMemory<byte> bytes) =>
        client.SendAsync(bytes, WebSocketMessageType.Text, endOfMessage: true, Token);

    private static async Task<(WebSocket Client, WebSocket Server, SocketReader Reader)> OpenAsync()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var dialled = new TcpClient();
        await dialled.ConnectAsync((IPEndPoint)listener.LocalEndpoint, Token);
        var accepted = await listener.AcceptTcpClientAsync(Token);
        var client = WebSocket.CreateFromStream(dialled.GetStream(), new WebSocketCreationOptions { IsServer = false });
        var server = WebSocket.CreateFromStream(accepted.GetStream(), new WebSocketCreationOptions { IsServer = true });
        return (client, server, new SocketReader(server, SocketReaderModelTests.Rules()));
    }
}
