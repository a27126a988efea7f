using System.Buffers.Binary;
using System.Text;

namespace Chat.Conformance.Network;

/// <summary>Text frames of a WebSocket, whole in one frame.</summary>
internal static class TextFrame
{
    private const byte WholeText = 0x81;
    private const byte Masked = 0x80;

    /// <summary>The text of a server's frame, which is not masked.</summary>
    public static string TextOf(byte[] frame) => Encoding.UTF8.GetString(frame.AsSpan(HeadOf(frame)));

    /// <summary>Where the text begins: a length lies between it and the first byte.</summary>
    public static int HeadOf(byte[] frame) =>
        (frame[1] & 0x7f) switch
        {
            126 => 4,
            127 => 10,
            _ => 2,
        };

    /// <summary>A frame as a server sends it.</summary>
    public static byte[] OfServer(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return [WholeText, .. Length(bytes.Length, isMasked: false), .. bytes];
    }

    /// <summary>A frame as a client sends it. The mask of zeros changes nothing.</summary>
    public static byte[] OfClient(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return [WholeText, .. Length(bytes.Length, isMasked: true), 0, 0, 0, 0, .. bytes];
    }

    private static byte[] Length(int length, bool isMasked)
    {
        var mask = isMasked ? Masked : (byte)0;
        if (length < 126)
            return [(byte)(mask | length)];
        if (length <= ushort.MaxValue)
            return [(byte)(mask | 126), (byte)(length >> 8), (byte)length];
        var head = new byte[9];
        head[0] = (byte)(mask | 127);
        BinaryPrimitives.WriteInt64BigEndian(head.AsSpan(1), length);
        return head;
    }
}
