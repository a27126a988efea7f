using System.Buffers.Binary;
using System.Text;

namespace Chat.Conformance.Network;

/// <summary>Cuts the bytes of a server into WebSocket frames, once its HTTP answer is over. A server's frames are not masked.</summary>
internal sealed class FrameReader
{
    private static readonly byte[] EndOfHead = "\r\n\r\n"u8.ToArray();
    private static readonly byte[] Upgraded = "HTTP/1.1 101"u8.ToArray();

    private const int Last = 0x80;
    private const int Text = 1;

    private readonly List<byte> _held = [];

    // What has come so far of a message that comes in pieces.
    private readonly List<byte> _message = [];
    private volatile bool _isUpgraded;

    /// <summary>The server has agreed: what follows are frames, on both ways.</summary>
    public bool IsUpgraded => _isUpgraded;

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
        if (FrameLength(all) is not { } length || length > all.Length)
            return null;
        var (isLast, opcode) = ((all[0] & Last) != 0, all[0] & 0x0f);
        var frame = Cut(length);
        // Control frames may come between the pieces.
        if (opcode > Text || (opcode == Text && isLast))
            return (frame, opcode == Text);
        _message.AddRange(frame.AsSpan(TextFrame.HeadOf(frame)));
        return isLast ? (TakeMessage(), true) : TakeOne();
    }

    private byte[] TakeMessage()
    {
        var whole = TextFrame.OfServer(Encoding.UTF8.GetString([.. _message]));
        _message.Clear();
        return whole;
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
