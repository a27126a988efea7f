namespace Chat.Conformance.Network;

/// <summary>
/// A text frame as a server of a later version might have sent it: the records of conversations have a field more, and behind it comes a push that
/// nobody has heard of.
/// </summary>
internal static class LaterVersion
{
    private static readonly byte[] Push = TextFrame.OfServer(
        """{"type":1,"target":"ofTomorrow","arguments":[{"seq":1}]}""" + HubRecord.End
    );

    public static byte[] Of(byte[] frame)
    {
        // In a text of a person these quotation marks would be escaped.
        var later = TextFrame
            .TextOf(frame)
            .Replace("{\"conversationId\":", "{\"ofTomorrow\":[{}],\"conversationId\":", StringComparison.Ordinal);
        return [.. TextFrame.OfServer(later), .. Push];
    }
}
