using System.Buffers.Binary;

namespace Chat.Conformance.Network;

/// <summary>Cuts the bytes of a server into WebSocket frames, once its HTTP answer is over. A server's frames are not masked.</summary>
internal sealed class FrameReader
{
    private static readonly byte[] EndOfHead = "\r\n\r\n"u8.ToArray();
    private static readonly byte[] Upgraded = "HTTP/1.1 101"u8.ToArray();

    private readonly List<byte> _held = [];
    private bool _isUpgraded;

    /// <summary>Whole frames, or whatever of plain HTTP has come.</summary>
    public IEnumerable<(byte[] Bytes, bool IsText)> Take(ReadOnlySpan<byte> bytes)
    {
        _held.AddRange(bytes);
        var taken = new List<(byte[], bool)>();
        while (TakeOne() is var (piece, isText))
            taken.Add((piece, isText));
        return taken;
    }

    private (byte[] Bytes, bool IsText)? TakeOne()
    {
        if (_held.Count == 0)
            return null;
        var all = _held.ToArray().AsSpan();
        if (!_isUpgraded)
        {
            // The head of an upgrade is short and comes at once.
            var isUpgrade = all.StartsWith(Upgraded);
            var head = isUpgrade ? all.IndexOf(EndOfHead) : -1;
            if (isUpgrade && head < 0)
                return null;
            _isUpgraded = isUpgrade;
            return (Cut(isUpgrade ? head + EndOfHead.Length : all.Length), false);
        }
        return FrameLength(all) is { } length && length <= all.Length ? (Cut(length), (all[0] & 0x0f) == 1) : null;
    }

    private static int? FrameLength(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < 2)
            return null;
        return (frame[1] & 0x7f) switch
        {
            126 => frame.Length < 4 ? null : 4 + BinaryPrimitives.ReadUInt16BigEndian(frame[2..]),
            127 => frame.Length < 10 ? null : (int)(10 + BinaryPrimitives.ReadInt64BigEndian(frame[2..])),
            var length => 2 + length,
        };
    }

    private byte[] Cut(int length)
    {
        var bytes = _held[..length].ToArray();
        _held.RemoveRange(0, length);
        return bytes;
    }
}
