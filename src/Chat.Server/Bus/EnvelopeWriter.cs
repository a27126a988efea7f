using System.Buffers;
using System.Buffers.Binary;

namespace Chat.Server.Bus;

/// <summary>Collects the items of one envelope. Used again after <see cref="Reset"/>, by one thread at a time.</summary>
internal sealed class EnvelopeWriter
{
    // One large batch must not hold its memory for the life of the lane.
    private const int KeptCapacity = 64 * 1024;

    private ArrayBufferWriter<byte> _buffer = new(1024);

    public EnvelopeWriter() => Reset();

    /// <summary>How many items.</summary>
    public int Count { get; private set; }

    /// <summary>The envelope so far; valid until the next write or reset.</summary>
    public ReadOnlyMemory<byte> Written => _buffer.WrittenMemory;

    /// <summary>Starts the next envelope.</summary>
    public void Reset()
    {
        if (_buffer.Capacity > KeptCapacity)
            _buffer = new ArrayBufferWriter<byte>(1024);
        _buffer.ResetWrittenCount();
        _buffer.GetSpan(1)[0] = Envelope.Version;
        _buffer.Advance(1);
        Count = 0;
    }

    public void Write(in EnvelopeItem item)
    {
        switch (item.Kind)
        {
            case EnvelopeItemKind.Event:
                WriteEvent(item);
                break;
            case EnvelopeItemKind.Push:
                WritePush(item);
                break;
            case EnvelopeItemKind.Directory:
            case EnvelopeItemKind.Missed:
                Begin(item.Kind, 0);
                break;
            case EnvelopeItemKind.Ended:
                var ended = Begin(item.Kind, Envelope.EndedLength);
                WriteId(ref ended, item.SubjectId);
                WriteId(ref ended, item.HolderId);
                WriteByte(ref ended, item.Flags);
                break;
            case EnvelopeItemKind.Operator:
                var staff = Begin(item.Kind, checked(Envelope.OperatorHeaderLength + item.Staff.Length));
                WriteId(ref staff, item.SubjectId);
                item.Staff.Span.CopyTo(staff);
                break;
            case EnvelopeItemKind.Presence:
                var presence = Begin(item.Kind, checked(Envelope.PresenceHeaderLength + item.Staff.Length));
                WriteId(ref presence, item.InboxId.Value);
                WriteId(ref presence, item.ConversationId.Value);
                WriteByte(ref presence, item.Flags);
                item.Staff.Span.CopyTo(presence);
                break;
            case EnvelopeItemKind.Trace:
                item.Staff.Span.CopyTo(Begin(item.Kind, Envelope.TraceLength));
                break;
            case EnvelopeItemKind.Taken:
                var microseconds = (item.At - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
                BinaryPrimitives.WriteInt64LittleEndian(Begin(item.Kind, Envelope.TakenLength), microseconds);
                break;
            case EnvelopeItemKind.Gained:
                var gained = Begin(item.Kind, Envelope.GainedLength);
                WriteId(ref gained, item.SubjectId);
                WriteId(ref gained, item.ConversationId.Value);
                break;
            default:
                throw new ArgumentException($"An item of kind {item.Kind} has no layout.", nameof(item));
        }
        Count++;
    }

    private void WriteEvent(in EnvelopeItem item)
    {
        var body = Begin(item.Kind, checked(Envelope.EventHeaderLength + item.Staff.Length + item.Visitor.Length));
        WriteId(ref body, item.InboxId.Value);
        WriteId(ref body, item.ConversationId.Value);
        WriteNumber(ref body, item.Epoch);
        WriteNumber(ref body, item.Seq);
        WriteByte(ref body, item.Flags);
        WriteByte(ref body, (byte)item.Variant);
        WritePayloads(body, item);
    }

    private void WritePush(in EnvelopeItem item)
    {
        var body = Begin(item.Kind, checked(Envelope.PushHeaderLength + item.Staff.Length + item.Visitor.Length));
        WriteId(ref body, item.ConversationId.Value);
        WriteByte(ref body, (byte)item.Target);
        WritePayloads(body, item);
    }

    private static void WritePayloads(Span<byte> body, in EnvelopeItem item)
    {
        WriteNumber(ref body, item.Staff.Length);
        item.Staff.Span.CopyTo(body);
        item.Visitor.Span.CopyTo(body[item.Staff.Length..]);
    }

    /// <summary>Takes the room of an item; the body is to be filled completely before the next one begins.</summary>
    private Span<byte> Begin(EnvelopeItemKind kind, int length)
    {
        var span = _buffer.GetSpan(Envelope.ItemHeaderLength + length);
        span[0] = (byte)kind;
        BinaryPrimitives.WriteInt32LittleEndian(span[1..], length);
        _buffer.Advance(Envelope.ItemHeaderLength + length);
        return span.Slice(Envelope.ItemHeaderLength, length);
    }

    private static void WriteId(ref Span<byte> body, Guid id)
    {
        id.TryWriteBytes(body, bigEndian: true, out _);
        body = body[Envelope.IdLength..];
    }

    private static void WriteNumber(ref Span<byte> body, int number)
    {
        BinaryPrimitives.WriteInt32LittleEndian(body, number);
        body = body[4..];
    }

    private static void WriteByte(ref Span<byte> body, byte value)
    {
        body[0] = value;
        body = body[1..];
    }
}
