using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;

namespace Chat.IdleStudy;

/// <summary>
/// The upgrade and the frames in as few objects as there can be: a reader that holds a buffer only while there is something in it, and a writer that holds
/// one only while it writes. Enough for a client that behaves; a product checks what it is sent.
/// </summary>
internal sealed class LeanWebSocket(IByteStream bytes) : PipeReader, IDuplexPipe
{
    private const string Salt = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private const int BufferLength = 4096;

    private byte[]? _buffer;
    private int _start;
    private int _end;
    private LeanWriter? _writer;

    public PipeReader Input => this;

    public PipeWriter Output => _writer ??= new LeanWriter(bytes);

    public async Task<bool> AcceptAsync()
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferLength);
        try
        {
            var count = 0;
            while (!buffer.AsSpan(0, count).EndsWith("\r\n\r\n"u8))
            {
                var received = await bytes.ReceiveAsync(buffer.AsMemory(count));
                if (received == 0)
                    return false;
                count += received;
            }
            const string name = "Sec-WebSocket-Key: ";
            var head = Encoding.ASCII.GetString(buffer, 0, count);
            var at = head.IndexOf(name, StringComparison.OrdinalIgnoreCase) + name.Length;
            var key = head[at..head.IndexOf('\r', at)];
#pragma warning disable CA5350 // RFC 6455 asks for SHA-1.
            var accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + Salt)));
#pragma warning restore CA5350
            var answer =
                $"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: {accept}\r\n\r\n";
            await bytes.SendAsync(Encoding.ASCII.GetBytes(answer));
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        await bytes.WaitAsync();
        _buffer = ArrayPool<byte>.Shared.Rent(BufferLength);
        var count = await bytes.ReceiveAsync(_buffer);
        (_start, _end) = (0, Unframe(_buffer.AsSpan(0, count)));
        return new ReadResult(new ReadOnlySequence<byte>(_buffer, 0, _end), isCanceled: false, isCompleted: count == 0);
    }

    public override bool TryRead(out ReadResult result)
    {
        result = default;
        return false;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        _start = Math.Max(_start, consumed.GetInteger());
        if (_start == _end)
            Release();
    }

    public override void CancelPendingRead() { }

    public override void Complete(Exception? exception = null) => Release();

    private void Release()
    {
        if (_buffer is not null)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = null;
    }

    /// <summary>Puts the payloads of whole, short, masked frames to the front, unmasked; returns their length.</summary>
    private static int Unframe(Span<byte> received)
    {
        var length = 0;
        while (received.Length > 6)
        {
            var payload = received[1] & 0x7f;
            var mask = received.Slice(2, 4);
            for (var i = 0; i < payload; i++)
                received[6 + i] ^= mask[i % 4];
            received.Slice(6, payload).CopyTo(received[length..]);
            length += payload;
            received = received[(6 + payload)..];
        }
        return length;
    }

    private sealed class LeanWriter(IByteStream bytes) : PipeWriter
    {
        private const int HeaderLength = 4;

        private byte[]? _buffer;
        private int _count;

        public override Memory<byte> GetMemory(int sizeHint = 0)
        {
            _buffer ??= ArrayPool<byte>.Shared.Rent(Math.Max(BufferLength, sizeHint + HeaderLength));
            return _buffer.AsMemory(HeaderLength + _count);
        }

        public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

        public override void Advance(int bytes) => _count += bytes;

        public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
        {
            if (_buffer is not { } buffer)
                return default;
            var at = _count < 126 ? 2 : 0;
            buffer[at] = 0x81;
            buffer[at + 1] = (byte)(_count < 126 ? _count : 126);
            if (at == 0)
                BinaryPrimitives.WriteUInt16BigEndian(buffer.AsSpan(2), (ushort)_count);
            await bytes.SendAsync(buffer.AsMemory(at, HeaderLength - at + _count));
            Release();
            return default;
        }

        public override void CancelPendingFlush() { }

        public override void Complete(Exception? exception = null) => Release();

        private void Release()
        {
            if (_buffer is not null)
                ArrayPool<byte>.Shared.Return(_buffer);
            (_buffer, _count) = (null, 0);
        }
    }
}
