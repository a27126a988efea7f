using System.Globalization;
using System.Text;
using Chat.LoadTests.Sockets;

namespace Chat.LoadTests.Load;

/// <summary>One conversation: the socket that sends, the one that receives, and what passed between them.</summary>
internal sealed class Pair : IDisposable
{
    /// <summary>More in flight than this the load cannot have: the schedule is far ahead of the servers.</summary>
    private const int MaxInFlight = 4096;

    private const int IdLength = 36;
    private const int IndexDigits = 8;

    private readonly Dialect _dialect;
    private readonly byte[] _frame;
    private readonly int _idAt;
    private readonly long[] _stamps = new long[MaxInFlight];
    private readonly bool[] _inFlight = new bool[MaxInFlight];

    /// <param name="dialect">The system's.</param>
    /// <param name="number">Of the pair, at most 65,535: a part of its messages' ids.</param>
    /// <param name="id">The conversation's.</param>
    /// <param name="sender">The visitor's socket.</param>
    /// <param name="receiver">The operator's socket.</param>
    /// <param name="body">Of every message.</param>
    public Pair(Dialect dialect, int number, string id, WebSocketLink sender, WebSocketLink receiver, string body = Dialect.Body)
    {
        (_dialect, Id, Sender, Receiver) = (dialect, id, sender, receiver);
        var start = $"00000000-0000-4000-8000-{number.ToString("x4", CultureInfo.InvariantCulture)}00000000";
        _frame = dialect.Send(id, start, body);
        Typing = dialect.Typing(id);
        _idAt = _frame.AsSpan().IndexOf(Encoding.ASCII.GetBytes(start));
    }

    public string Id { get; }

    public WebSocketLink Sender { get; }

    public WebSocketLink Receiver { get; }

    /// <summary>A frame that says that the sender types.</summary>
    public byte[] Typing { get; }

    /// <summary>Its receiver does not read: what was delivered is not asked.</summary>
    public bool IsStalled { get; set; }

    public int Sent { get; private set; }

    public int Acknowledged { get; private set; }

    public int Delivered { get; private set; }

    /// <summary>Of the last delivered message; 0 before the first, and where the system has none.</summary>
    public int LastSeq { get; private set; }

    public bool IsQuiet => Acknowledged == Sent && (IsStalled || Delivered == Sent);

    /// <summary>Sends the next message. The stamp is that of the schedule, not of the write.</summary>
    public void Send(long stamp, uint random)
    {
        if (Sent - (IsStalled ? Acknowledged : Math.Min(Acknowledged, Delivered)) >= MaxInFlight)
            throw new InvalidOperationException("The servers are far behind the schedule: choose a lower rate.");
        (_stamps[Sent % MaxInFlight], _inFlight[Sent % MaxInFlight]) = (stamp, true);
        var id = _frame.AsSpan(_idAt, IdLength);
        Write(id[..8], random);
        Write(id[^IndexDigits..], (uint)Sent);
        Sent++;
        if (!Native.Send(Sender.Descriptor, _frame))
            throw new InvalidOperationException("A socket takes nothing more: choose a lower rate.");
    }

    /// <summary>The stamp of the message that the acknowledgement is about. Some servers acknowledge a later one first.</summary>
    public long Acknowledge(ReadOnlySpan<byte> record)
    {
        var index = (_dialect.AcknowledgesById ? IndexOf(record) : Acknowledged) % MaxInFlight;
        if (!_inFlight[index])
            throw new InvalidOperationException($"Acknowledged twice: {Encoding.UTF8.GetString(record)}");
        _inFlight[index] = false;
        Acknowledged++;
        return _stamps[index];
    }

    /// <summary>The stamp of the message that was delivered.</summary>
    public long Deliver(ReadOnlySpan<byte> record)
    {
        var seq = _dialect.SeqOf(record);
        if (LastSeq != 0 && seq != LastSeq + 1)
            throw new InvalidOperationException($"Seq {seq} was delivered after {LastSeq}.");
        LastSeq = seq;
        // Messages of one conversation come in order and once, so each names the next one.
        var index = IndexOf(record);
        if (index != Delivered)
            throw new InvalidOperationException($"Message {index} came where {Delivered} was due.");
        Delivered++;
        return _stamps[index % MaxInFlight];
    }

    public void Dispose()
    {
        Sender.Dispose();
        Receiver.Dispose();
    }

    private int IndexOf(ReadOnlySpan<byte> record)
    {
        var id = record.Slice(record.IndexOf(_dialect.IdMark) + _dialect.IdMark.Length, IdLength);
        return int.Parse(id[^IndexDigits..], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }

    private static void Write(Span<byte> digits, uint value)
    {
        for (var i = digits.Length - 1; i >= 0; i--, value >>= 4)
            digits[i] = "0123456789abcdef"u8[(int)(value & 0xF)];
    }
}
