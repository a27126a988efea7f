using Chat.LoadTests.Load;
using Chat.LoadTests.Sockets;

namespace Chat.LoadTests.Systems;

/// <summary>SignalR's JSON, as this project speaks it.</summary>
internal class HubDialect : Dialect
{
    public override byte? Separator => HubCalls.RecordSeparator;

    public override byte[] KeepAlive { get; } = WebSocketLink.Frame("{\"type\":6}", HubCalls.RecordSeparator);

    public override bool IsAcknowledgement(ReadOnlySpan<byte> record) => record.StartsWith("{\"type\":3"u8);

    public override bool IsDelivery(ReadOnlySpan<byte> record) => record.StartsWith("{\"type\":1,\"target\":\"event\""u8);

    public override bool IsEphemeral(ReadOnlySpan<byte> record) => record.StartsWith("{\"type\":1,\"target\":\"ephemeral\""u8);

    public override bool IsRow(ReadOnlySpan<byte> record) => record.StartsWith("{\"type\":1,\"target\":\"inbox\""u8);

    public override int SeqOf(ReadOnlySpan<byte> record) => Number(record[(record.IndexOf("\"seq\":"u8) + 6)..]);

    public override string? Complaint(ReadOnlySpan<byte> record)
    {
        if (record.StartsWith("{\"type\":1,\"target\":\"resync\""u8))
            return "A queue overflowed.";
        return IsAcknowledgement(record) && record.IndexOf("\"status\":\"ok\""u8) < 0 ? $"Not acknowledged: {Text(record)}" : null;
    }

    protected override string Message(string conversation, string id, string body) =>
        HubCalls.Invocation(
            "1",
            "Send",
            $"{{\"conversationId\":\"{conversation}\",\"clientId\":\"{id}\",\"body\":\"{body}\",\"kind\":\"message\"}}"
        );

    // Without an invocation's id: nobody waits for an answer to typing.
    protected override string TypingNotice(string conversation) =>
        $"{{\"type\":1,\"target\":\"Typing\",\"arguments\":[{{\"conversationId\":\"{conversation}\"}}]}}";

    private static int Number(ReadOnlySpan<byte> text)
    {
        var number = 0;
        foreach (var letter in text)
        {
            if (letter is < (byte)'0' or > (byte)'9')
                break;
            number = number * 10 + (letter - '0');
        }
        return number;
    }
}
