using System.Net.WebSockets;
using System.Text;
using Chat.Server.Hosting;
using Chat.Server.Sockets;
using Microsoft.Extensions.Options;

namespace Chat.Server.Tests.Sockets;

public sealed class SocketWriterTests : IDisposable
{
    private readonly SlowSocket _socket = new();
    private readonly OutgoingBytes _outgoing = new(Options.Create(new OutgoingOptions()));
    private readonly SocketWriter _writer;

    public SocketWriterTests() => _writer = new SocketWriter(_socket, _outgoing.Open(() => { }));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _socket.Dispose();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(16 * 1024, 1)]
    [InlineData(16 * 1024 + 1, 2)]
    [InlineData(100_000, 7)]
    public async Task A_long_message_goes_in_fragments_of_which_the_last_says_so(int length, int fragments)
    {
        var message = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, length).Select(i => (char)('a' + i % 23))));

        var writing = _writer.WriteAsync(message, Token).AsTask();
        while (!writing.IsCompleted)
            _socket.Take();
        await writing;

        Assert.Equal(message, _socket.Sent.SelectMany(fragment => fragment.Bytes));
        Assert.Equal(Enumerable.Range(1, fragments).Select(i => i == fragments), _socket.Sent.Select(fragment => fragment.IsLast));
    }

    [Fact]
    public async Task A_reader_who_takes_a_fragment_makes_progress()
    {
        var writing = _writer.WriteAsync(new byte[20_000], Token).AsTask();
        while (_writer.SendingFor < TimeSpan.FromMilliseconds(20))
            await Task.Yield();

        var before = _writer.SendingFor;
        _socket.Take();
        var after = _writer.SendingFor;
        _socket.Take();
        await writing;

        Assert.True(after < before, $"{after} after {before}");
        Assert.Equal(TimeSpan.Zero, _writer.SendingFor);
    }

    [Fact]
    public async Task What_waits_for_a_slow_reader_counts_until_they_have_taken_it()
    {
        var writing = _writer.WriteAsync(new byte[20_000], Token).AsTask();

        Assert.InRange(_outgoing.Waiting, 20_000, 100_000);
        while (!writing.IsCompleted)
            _socket.Take();
        await writing;
        Assert.Equal(0, _outgoing.Waiting);
    }

    /// <summary>What is sent waits until it is taken.</summary>
    private sealed class SlowSocket : WebSocket
    {
        private TaskCompletionSource? _sending;

        public List<(byte[] Bytes, bool IsLast)> Sent { get; } = [];

        public override WebSocketCloseStatus? CloseStatus => null;

        public override string? CloseStatusDescription => null;

        public override WebSocketState State => WebSocketState.Open;

        public override string? SubProtocol => null;

        public void Take() => _sending?.TrySetResult();

        public override async ValueTask SendAsync(
            ReadOnlyMemory<byte> buffer,
            WebSocketMessageType messageType,
            bool endOfMessage,
            CancellationToken cancellationToken
        )
        {
            Sent.Add((buffer.ToArray(), endOfMessage));
            _sending = new TaskCompletionSource();
            await _sending.Task;
        }

        public override Task SendAsync(
            ArraySegment<byte> buffer,
            WebSocketMessageType messageType,
            bool endOfMessage,
            CancellationToken cancellationToken
        ) => throw new NotSupportedException();

        public override Task<WebSocketReceiveResult> ReceiveAsync(ArraySegment<byte> buffer, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public override Task CloseAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public override Task CloseOutputAsync(
            WebSocketCloseStatus closeStatus,
            string? statusDescription,
            CancellationToken cancellationToken
        ) => throw new NotSupportedException();

        public override void Abort() { }

        public override void Dispose() { }
    }
}
