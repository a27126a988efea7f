using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Net.WebSockets;
using Chat.Server.Hosting;

namespace Chat.Server.Sockets;

/// <summary>A WebSocket as a pipe's writing end: what is flushed is one message. SignalR writes from one thread at a time.</summary>
internal sealed class SocketWriter(WebSocket socket, OutgoingBytes.Account waiting) : PipeWriter
{
    /// <summary>What waits besides each byte: the objects of which an answer was made, in their UTF-16.</summary>
    private const int ObjectsPerByte = 2;

    private const int FirstBuffer = 1024;

    /// <summary>A long message goes in fragments of so many bytes, so that a slow reader's progress can be told from none.</summary>
    private const int FragmentBytes = 16 * 1024;

    private byte[]? _buffer;
    private int _count;

    // Written by the writer, read by the heartbeat; 0: nothing is under way.
    private long _sendingSince;

    /// <summary>How long a write has been under way without progress.</summary>
    public TimeSpan SendingFor => Volatile.Read(ref _sendingSince) is > 0 and var since ? Stopwatch.GetElapsedTime(since) : TimeSpan.Zero;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        var size = Math.Max(sizeHint, 1);
        if (_buffer is null)
            _buffer = ArrayPool<byte>.Shared.Rent(Math.Max(size, FirstBuffer));
        else if (_buffer.Length - _count < size)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_count + size, _buffer.Length * 2));
            _buffer.AsSpan(0, _count).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }
        return _buffer.AsMemory(_count);
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes) => _count += bytes;

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
        _count == 0 ? new(default(FlushResult)) : SendAsync(_buffer.AsMemory(0, _count));

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        if (_count == 0)
            return SendAsync(source);
        source.Span.CopyTo(GetSpan(source.Length));
        Advance(source.Length);
        return FlushAsync(cancellationToken);
    }

    public override void CancelPendingFlush() { }

    public override void Complete(Exception? exception = null) => Release();

    private async ValueTask<FlushResult> SendAsync(ReadOnlyMemory<byte> bytes)
    {
        var held = 0;
        try
        {
            if (socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived))
                return new FlushResult(isCanceled: false, isCompleted: true);
            for (var isLast = false; !isLast; )
            {
                isLast = bytes.Length <= FragmentBytes;
                var fragment = isLast ? bytes : bytes[..FragmentBytes];
                var sending = SendFragmentAsync(fragment, isLast);
                if (!sending.IsCompleted && held == 0)
                    waiting.Hold(held = bytes.Length * (1 + ObjectsPerByte));
                await sending;
                bytes = bytes[fragment.Length..];
            }
            return default;
        }
        finally
        {
            if (held > 0)
                waiting.Release(held);
            Volatile.Write(ref _sendingSince, 0);
            Release();
        }
    }

    private ValueTask SendFragmentAsync(ReadOnlyMemory<byte> fragment, bool isLast)
    {
        Volatile.Write(ref _sendingSince, Stopwatch.GetTimestamp());
        return socket.SendAsync(fragment, WebSocketMessageType.Text, isLast, CancellationToken.None);
    }

    private void Release()
    {
        if (_buffer is not null)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = null;
        _count = 0;
    }
}
