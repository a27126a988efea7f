using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Chat.Conformance.Network;

/// <summary>Reads what a client sends: requests of HTTP, and once the server has upgraded, the frames of its WebSocket. A client's frames are masked.</summary>
internal sealed partial class ClientReader
{
    private const string EndOfHead = "\r\n\r\n";

    private readonly List<byte> _held = [];

    // The payload of a message so far.
    private readonly List<byte> _message = [];

    /// <summary>Requests that are whole by now. Bodies are JSON in ASCII, or nobody asks for them.</summary>
    public IReadOnlyList<(string Verb, string Path, string Body)> TakeHttp(ReadOnlySpan<byte> bytes)
    {
        _held.AddRange(bytes);
        var taken = new List<(string, string, string)>();
        while (TakeRequest() is { } request)
            taken.Add(request);
        return taken;
    }

    /// <summary>Frames that are whole by now, and of those that end a message of text the text.</summary>
    public IReadOnlyList<(byte[] Bytes, string? Text)> TakeFrames(ReadOnlySpan<byte> bytes)
    {
        _held.AddRange(bytes);
        var taken = new List<(byte[], string?)>();
        while (TakeFrame() is { } frame)
            taken.Add(frame);
        return taken;
    }

    private (string Verb, string Path, string Body)? TakeRequest()
    {
        var text = Encoding.Latin1.GetString([.. _held]);
        var end = text.IndexOf(EndOfHead, StringComparison.Ordinal);
        if (end < 0)
            return null;
        var head = text[..end];
        if (BodyOf(head, text[(end + EndOfHead.Length)..]) is not var (body, length))
            return null;
        _held.RemoveRange(0, end + EndOfHead.Length + length);
        var words = head.Split(' ', 3);
        return words.Length == 3 ? (words[0], words[1], body) : null;
    }

    /// <summary>The body and the length that it has here; null: it has not come yet.</summary>
    private static (string Body, int Length)? BodyOf(string head, string rest)
    {
        if (ContentLength().Match(head) is { Success: true } match)
        {
            var length = int.Parse(match.Groups["length"].Value, CultureInfo.InvariantCulture);
            return length <= rest.Length ? (rest[..length], length) : null;
        }
        if (!Chunked().IsMatch(head))
            return ("", 0);
        var body = new StringBuilder();
        for (var at = 0; rest.IndexOf("\r\n", at, StringComparison.Ordinal) is var line and >= 0; )
        {
            var size = int.Parse(rest[at..line], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            var next = line + 2 + size + 2;
            if (next > rest.Length)
                return null;
            if (size == 0)
                return (body.ToString(), next);
            body.Append(rest, line + 2, size);
            at = next;
        }
        return null;
    }

    private (byte[] Bytes, string? Text)? TakeFrame()
    {
        var all = _held.ToArray();
        if (LengthOf(all) is not var (head, length) || head + length > all.Length)
            return null;
        _held.RemoveRange(0, head + length);
        var frame = all[..(head + length)];
        var opcode = frame[0] & 0x0f;
        // Pings, pongs and the close.
        if (opcode >= 8)
            return (frame, null);
        var isOne = (frame[0] & 0x80) != 0 && opcode != 0;
        for (var i = 0; i < length; i++)
            _message.Add((byte)(frame[head + i] ^ frame[head - 4 + (i % 4)]));
        if ((frame[0] & 0x80) == 0)
            return ([], null);
        var text = Encoding.UTF8.GetString([.. _message]);
        _message.Clear();
        return (isOne ? frame : TextFrame.OfClient(text), text);
    }

    /// <summary>Of the head, mask included, and of the payload.</summary>
    private static (int Head, int Length)? LengthOf(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < 2)
            return null;
        return (frame[1] & 0x7f) switch
        {
            126 => frame.Length < 4 ? null : (8, BinaryPrimitives.ReadUInt16BigEndian(frame[2..])),
            127 => frame.Length < 10 ? null : (14, (int)BinaryPrimitives.ReadInt64BigEndian(frame[2..])),
            var length => (6, length),
        };
    }

    [GeneratedRegex(@"\r\ncontent-length: *(?<length>\d+)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ContentLength();

    [GeneratedRegex(@"\r\ntransfer-encoding: *chunked", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Chunked();
}
