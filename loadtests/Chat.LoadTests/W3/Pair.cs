using System.Globalization;
using System.Text;
using Chat.LoadTests.Sockets;

namespace Chat.LoadTests.W3;

/// <summary>One conversation: the visitor's socket that sends, the operator's that receives, and what passed between them.</summary>
internal sealed class Pair : IDisposable
{
    /// <summary>More in flight than this the load cannot have: the schedule is far ahead of the servers.</summary>
    private const int MaxInFlight = 4096;

    private const int IdLength = 36;
    private const int IndexDigits = 8;
    private const int NumberDigits = 4;

    private static readonly byte[] Mark = "\"clientId\":\""u8.ToArray();

    private readonly byte[] _frame;
    private readonly int _idAt;
    private readonly long[] _stamps = new long[MaxInFlight];

    public Pair(int number, Guid id, HubSocket visitor, HubSocket receiver)
    {
        (Id, Visitor, Operator) = (id, visitor, receiver);
        // Text of usual length; a number in it makes the search for cards look closer, as it must in life.
        const string body =
            "Good morning! My order 48213 has not arrived yet, the page says it left your store last Thursday. Could you please look?";
        var start = $"00000000-0000-4000-8000-{number.ToString($"x{NumberDigits}", CultureInfo.InvariantCulture)}00000000";
        _frame = HubSocket.Frame(
            $"{{\"type\":1,\"invocationId\":\"1\",\"target\":\"Send\",\"arguments\":[{{\"conversationId\":\"{id}\",\"clientId\":\"{start}\","
                + $"\"body\":\"{body}\",\"kind\":\"message\"}}]}}"
        );
        _idAt = _frame.AsSpan().IndexOf(Encoding.ASCII.GetBytes(start));
    }

    public Guid Id { get; }

    public HubSocket Visitor { get; }

    public HubSocket Operator { get; }

    public FrameReader VisitorFrames { get; } = new();

    public FrameReader OperatorFrames { get; } = new();

    public int Sent { get; private set; }

    public int Acknowledged { get; private set; }

    public int Delivered { get; private set; }

    /// <summary>Of the last delivered message; 0 before the first.</summary>
    public int LastSeq { get; private set; }

    public bool IsQuiet => Acknowledged == Sent && Delivered == Sent;

    /// <summary>Sends the next message. The stamp is that of the schedule, not of the write.</summary>
    public void Send(long stamp, uint random)
    {
        if (Sent - Math.Min(Acknowledged, Delivered) >= MaxInFlight)
            throw new InvalidOperationException("The servers are seconds behind the schedule: choose a lower rate.");
        _stamps[Sent % MaxInFlight] = stamp;
        var id = _frame.AsSpan(_idAt, IdLength);
        Write(id[..8], random);
        Write(id[^IndexDigits..], (uint)Sent);
        Sent++;
        if (!Native.Send(Visitor.Descriptor, _frame))
            throw new InvalidOperationException("A socket takes nothing more: choose a lower rate.");
    }

    /// <summary>The stamp of the message that the visitor's completion is about.</summary>
    public long Acknowledge(ReadOnlySpan<byte> record)
    {
        if (record.IndexOf("\"status\":\"ok\""u8) < 0)
            throw new InvalidOperationException($"Not acknowledged: {Encoding.UTF8.GetString(record)}");
        return _stamps[Take(record, Acknowledged++) % MaxInFlight];
    }

    /// <summary>The stamp of the message that the operator got.</summary>
    public long Deliver(ReadOnlySpan<byte> record)
    {
        var seq = Number(record[(record.IndexOf("\"seq\":"u8) + 6)..]);
        if (LastSeq != 0 && seq != LastSeq + 1)
            throw new InvalidOperationException($"Seq {seq} was delivered after {LastSeq}.");
        LastSeq = seq;
        return _stamps[Take(record, Delivered++) % MaxInFlight];
    }

    public void Dispose()
    {
        Visitor.Dispose();
        Operator.Dispose();
    }

    // Messages of one conversation come in order and once, so each names the next one.
    private static int Take(ReadOnlySpan<byte> record, int expected)
    {
        var id = record.Slice(record.IndexOf(Mark) + Mark.Length, IdLength);
        var index = int.Parse(id[^IndexDigits..], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return index == expected ? index : throw new InvalidOperationException($"Message {index} came where {expected} was due.");
    }

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

    private static void Write(Span<byte> digits, uint value)
    {
        for (var i = digits.Length - 1; i >= 0; i--, value >>= 4)
            digits[i] = "0123456789abcdef"u8[(int)(value & 0xF)];
    }
}
