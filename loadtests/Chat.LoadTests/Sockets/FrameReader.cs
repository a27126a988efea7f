using System.Buffers.Binary;

namespace Chat.LoadTests.Sockets;

/// <summary>
/// Takes records out of WebSocket frames, wherever the frames are cut. Keeps bytes of its own only while a frame or record is incomplete, which is
/// rare.
/// </summary>
/// <param name="separator">Ends a record within frames; null: a frame is a record.</param>
internal sealed class FrameReader(byte? separator)
{
    private byte[] _frame = [];
    private byte[] _record = [];

    /// <summary>A close frame has come.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>The records of what has just been received; to be read to the end before the next call.</summary>
    public Records Read(ReadOnlySpan<byte> received) => new(this, _frame.Length == 0 ? received : (byte[])[.. _frame, .. received]);

    /// <summary>Goes through the payloads of text frames, record by record; pings and pongs are skipped.</summary>
    internal ref struct Records(FrameReader reader, ReadOnlySpan<byte> bytes)
    {
        private ReadOnlySpan<byte> _bytes = bytes;
        private ReadOnlySpan<byte> _payload;

        public bool TryNext(out ReadOnlySpan<byte> record)
        {
            while (true)
            {
                var end = reader.EndOf(_payload);
                if (end >= 0)
                {
                    record = reader._record.Length == 0 ? _payload[..end] : (byte[])[.. reader._record, .. _payload[..end]];
                    reader._record = [];
                    _payload = _payload[Math.Min(end + 1, _payload.Length)..];
                    return true;
                }
                if (!_payload.IsEmpty)
                    reader._record = [.. reader._record, .. _payload];
                if (!TryFrame())
                {
                    reader._frame = _bytes.IsEmpty ? [] : _bytes.ToArray();
                    record = default;
                    return false;
                }
            }
        }

        private bool TryFrame()
        {
            const int close = 8;
            _payload = default;
            if (_bytes.Length < 2)
                return false;
            var (head, length) = (_bytes[1] & 0x7F) switch
            {
                126 when _bytes.Length >= 4 => (4, BinaryPrimitives.ReadUInt16BigEndian(_bytes[2..])),
                127 when _bytes.Length >= 10 => (10, (int)BinaryPrimitives.ReadUInt64BigEndian(_bytes[2..])),
                > 125 => (int.MaxValue / 2, 0),
                var small => (2, small),
            };
            if (_bytes.Length < head + length)
                return false;
            var kind = _bytes[0] & 0x0F;
            reader.IsClosed |= kind == close;
            if (kind < close)
                _payload = _bytes.Slice(head, length);
            _bytes = _bytes[(head + length)..];
            return true;
        }
    }

    private int EndOf(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty)
            return -1;
        return separator is { } mark ? payload.IndexOf(mark) : payload.Length;
    }
}
