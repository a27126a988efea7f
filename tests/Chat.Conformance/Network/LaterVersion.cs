using System.Buffers.Binary;
using System.Text;

namespace Chat.Conformance.Network;

/// <summary>
/// A text frame as a server of a later version might have sent it: the records of conversations have a field more, and behind it comes a push that
/// nobody has heard of.
/// </summary>
internal static class LaterVersion
{
    private const byte WholeText = 0x81;

    private static readonly byte[] Push = Frame("""{"type":1,"target":"ofTomorrow","arguments":[{"seq":1}]}""" + '\u001e');

    public static byte[] Of(byte[] frame)
    {
        // A length, and no mask, lies between the first byte and the text.
        var head = (frame[1] & 0x7f) switch
        {
            126 => 4,
            127 => 10,
            _ => 2,
        };
        var text = Encoding.UTF8.GetString(frame.AsSpan(head));
        // In a text of a person these quotation marks would be escaped.
        var later = text.Replace("{\"conversationId\":", "{\"ofTomorrow\":[{}],\"conversationId\":", StringComparison.Ordinal);
        return [.. Frame(later), .. Push];
    }

    private static byte[] Frame(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.Length < 126)
            return [WholeText, (byte)bytes.Length, .. bytes];
        if (bytes.Length <= ushort.MaxValue)
            return [WholeText, 126, (byte)(bytes.Length >> 8), (byte)bytes.Length, .. bytes];
        var length = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(length, bytes.Length);
        return [WholeText, 127, .. length, .. bytes];
    }
}
