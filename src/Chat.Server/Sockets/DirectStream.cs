using System.Net.Sockets;

namespace Chat.Server.Sockets;

/// <summary>Reads from Kestrel, writes to the socket: at once and on the caller's thread, as long as the kernel takes what is written.</summary>
internal sealed class DirectStream : Stream
{
    private readonly Stream _reading;
    private readonly Socket _socket;
    private int _reads;

    public DirectStream(Stream reading, Socket socket)
    {
        (_reading, _socket) = (reading, socket);
        try
        {
            // A full kernel buffer is an answer and never a wait.
            socket.Blocking = false;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It has ended meanwhile, which reading tells.
        }
    }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // One at a time.
        Volatile.Write(ref _reads, _reads + 1);
        return _reading.ReadAsync(buffer, cancellationToken);
    }

    /// <summary>How often it has been read.</summary>
    public int Reads => Volatile.Read(ref _reads);

    /// <summary>What is written to a connection that has ended goes nowhere, as in Kestrel; its reading end tells of the end.</summary>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            var sent = _socket.Send(buffer.Span, SocketFlags.None, out var error);
            var isOver = error is not (SocketError.Success or SocketError.WouldBlock) || sent == buffer.Length;
            return isOver ? ValueTask.CompletedTask : new ValueTask(WriteRestAsync(buffer[sent..], cancellationToken));
        }
        catch (ObjectDisposedException)
        {
            return ValueTask.CompletedTask;
        }
    }

    // Nothing is kept back.
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush() { }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _reading.Dispose();
        base.Dispose(disposing);
    }

    private async Task WriteRestAsync(ReadOnlyMemory<byte> rest, CancellationToken cancellationToken)
    {
        try
        {
            while (!rest.IsEmpty)
                rest = rest[await _socket.SendAsync(rest, SocketFlags.None, cancellationToken)..];
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It has ended meanwhile.
        }
    }
}
