using System.Net;
using System.Net.Sockets;
using Chat.Server.Sockets;

namespace Chat.Server.Tests.Sockets;

/// <summary>Writes past Kestrel, over two ends of a TCP connection.</summary>
public sealed class DirectStreamTests : IAsyncLifetime
{
    private Socket _client = null!;
    private Socket _server = null!;
    private DirectStream _stream = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        var accepted = listener.AcceptSocketAsync(Token);
        await _client.ConnectAsync(listener.LocalEndpoint, Token);
        _server = await accepted;
        _stream = new DirectStream(new MemoryStream("what came"u8.ToArray()), _server);
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _client.Dispose();
        _server.Dispose();
    }

    [Fact]
    public async Task What_fits_is_written_at_once()
    {
        var write = _stream.WriteAsync("hello"u8.ToArray(), Token);

        Assert.True(write.IsCompletedSuccessfully);
        Assert.Equal("hello"u8.ToArray(), await ReceiveAsync(5));
    }

    [Fact]
    public async Task What_the_kernel_does_not_take_waits_for_the_reader_and_comes_whole_and_in_order()
    {
        const int blocks = 64;
        const int length = 256 * 1024;
        var writing = WriteAllAsync();
        Assert.False(writing.IsCompleted);

        var received = await ReceiveAsync(blocks * length);

        await writing;
        for (var i = 0; i < blocks; i++)
            Assert.Equal(-1, received.AsSpan(i * length, length).IndexOfAnyExcept((byte)i));

        async Task WriteAllAsync()
        {
            for (var i = 0; i < blocks; i++)
                await _stream.WriteAsync(Enumerable.Repeat((byte)i, length).ToArray(), Token);
        }
    }

    [Fact]
    public async Task A_write_that_waits_ends_when_the_client_goes()
    {
        var write = _stream.WriteAsync(new byte[16 * 1024 * 1024], Token);
        Assert.False(write.IsCompleted);

        _client.Close(0);

        await write;
        await _stream.WriteAsync(new byte[1024], Token);
    }

    [Fact]
    public async Task What_is_written_after_the_end_goes_nowhere()
    {
        _server.Dispose();

        await _stream.WriteAsync(new byte[1024], Token);
    }

    [Fact]
    public async Task A_socket_that_has_ended_before_gives_a_stream_that_ends()
    {
        _server.Dispose();
        await using var stream = new DirectStream(new MemoryStream(), _server);

        await stream.WriteAsync(new byte[1024], Token);
        Assert.Equal(0, await stream.ReadAsync(new byte[1], Token));
    }

    [Fact]
    public async Task Reads_are_those_of_the_stream_below()
    {
        var buffer = new byte[9];

        await _stream.ReadExactlyAsync(buffer, Token);

        Assert.Equal("what came"u8.ToArray(), buffer);
    }

    private async Task<byte[]> ReceiveAsync(int length)
    {
        var bytes = new byte[length];
        for (var count = 0; count < length; )
            count += await _client.ReceiveAsync(bytes.AsMemory(count), Token);
        return bytes;
    }
}
