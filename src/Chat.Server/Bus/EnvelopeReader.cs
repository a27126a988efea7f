using System.Buffers.Binary;
using Chat.Contracts;

namespace Chat.Server.Bus;

/// <summary>
/// Reads the items of an envelope in order. Bytes are not trusted: what does not fit ends the reading and is counted, and nothing here throws.
/// </summary>
internal ref struct EnvelopeReader
{
    private const long MaxMicroseconds = 253_402_300_799_999_999;

    private ReadOnlyMemory<byte> _rest;

    public EnvelopeReader(ReadOnlyMemory<byte> envelope)
    {
        if (envelope.Length > 0 && envelope.Span[0] == Envelope.Version)
            _rest = envelope[1..];
        else
            Fail();
    }

    /// <summary>Reading ended early: the envelope is cut, garbage, or of another version.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>The next item of a known kind; false at the end.</summary>
    public bool TryRead(out EnvelopeItem item)
    {
        while (TryTake(out var kind, out var body))
        {
            var known = kind is >= EnvelopeItemKind.Event and <= EnvelopeItemKind.Gained;
            if (!known)
            {
                // A newer node's; the rest may be for us.
                BusMetrics.DroppedMalformed();
                continue;
            }
            if (TryParse(kind, body, out item))
                return true;
            Fail();
        }
        item = default;
        return false;
    }

    private bool TryTake(out EnvelopeItemKind kind, out ReadOnlyMemory<byte> body)
    {
        kind = default;
        body = default;
        if (_rest.IsEmpty)
            return false;
        var span = _rest.Span;
        var length = span.Length >= Envelope.ItemHeaderLength ? BinaryPrimitives.ReadInt32LittleEndian(span[1..]) : -1;
        if (length < 0 || length > span.Length - Envelope.ItemHeaderLength)
        {
            Fail();
            return false;
        }
        kind = (EnvelopeItemKind)span[0];
        body = _rest.Slice(Envelope.ItemHeaderLength, length);
        _rest = _rest[(Envelope.ItemHeaderLength + length)..];
        return true;
    }

    private static bool TryParse(EnvelopeItemKind kind, ReadOnlyMemory<byte> body, out EnvelopeItem item)
    {
        switch (kind)
        {
            case EnvelopeItemKind.Event:
                return TryParseEvent(body, out item);
            case EnvelopeItemKind.Push:
                return TryParsePush(body, out item);
            case EnvelopeItemKind.Directory when body.IsEmpty:
                item = EnvelopeItem.Directory;
                return true;
            case EnvelopeItemKind.Missed when body.IsEmpty:
                item = EnvelopeItem.Missed;
                return true;
            case EnvelopeItemKind.Ended when body.Length == Envelope.EndedLength:
                item = EnvelopeItem.Ended(Id(body.Span), Id(body.Span[Envelope.IdLength..]), body.Span[^1]);
                return true;
            case EnvelopeItemKind.Operator when body.Length >= Envelope.OperatorHeaderLength:
                item = EnvelopeItem.Operator(Id(body.Span), body[Envelope.OperatorHeaderLength..]);
                return true;
            case EnvelopeItemKind.Presence when body.Length >= Envelope.PresenceHeaderLength:
                item = ParsePresence(body);
                return true;
            case EnvelopeItemKind.Trace when body.Length == Envelope.TraceLength:
                item = EnvelopeItem.Trace(body);
                return true;
            case EnvelopeItemKind.Taken when body.Length == Envelope.TakenLength:
                return TryParseTaken(body.Span, out item);
            case EnvelopeItemKind.Gained when body.Length == Envelope.GainedLength:
                item = EnvelopeItem.Gained(Id(body.Span), new ConversationId(Id(body.Span[Envelope.IdLength..])));
                return true;
            default:
                item = default;
                return false;
        }
    }

    private static bool TryParseTaken(ReadOnlySpan<byte> body, out EnvelopeItem item)
    {
        item = default;
        var microseconds = BinaryPrimitives.ReadInt64LittleEndian(body);
        if (microseconds is < 0 or > MaxMicroseconds)
            return false;
        item = EnvelopeItem.Taken(DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond));
        return true;
    }

    private static EnvelopeItem ParsePresence(ReadOnlyMemory<byte> body)
    {
        var span = body.Span;
        return EnvelopeItem.Presence(
            new InboxId(Id(span)),
            new ConversationId(Id(span[Envelope.IdLength..])),
            span[Envelope.PresenceHeaderLength - 1],
            body[Envelope.PresenceHeaderLength..]
        );
    }

    private static bool TryParseEvent(ReadOnlyMemory<byte> body, out EnvelopeItem item)
    {
        item = default;
        if (!TrySplit(body, Envelope.EventHeaderLength, out var staff, out var visitor))
            return false;
        var span = body.Span;
        var variant = (VisitorVariant)span[41];
        if (variant > VisitorVariant.Own || (variant != VisitorVariant.Own && !visitor.IsEmpty))
            return false;
        item = EnvelopeItem.Event(
            new InboxId(Id(span)),
            new ConversationId(Id(span[Envelope.IdLength..])),
            BinaryPrimitives.ReadInt32LittleEndian(span[32..]),
            BinaryPrimitives.ReadInt32LittleEndian(span[36..]),
            span[40],
            staff,
            variant,
            visitor
        );
        return true;
    }

    private static bool TryParsePush(ReadOnlyMemory<byte> body, out EnvelopeItem item)
    {
        item = default;
        if (!TrySplit(body, Envelope.PushHeaderLength, out var staff, out var visitor))
            return false;
        var target = (PushTarget)body.Span[Envelope.IdLength];
        item = EnvelopeItem.Push(new ConversationId(Id(body.Span)), target, staff, visitor);
        return target is PushTarget.Cursor or PushTarget.Ephemeral;
    }

    /// <summary>The two payloads behind a header that ends with the first one's length.</summary>
    private static bool TrySplit(ReadOnlyMemory<byte> body, int header, out ReadOnlyMemory<byte> staff, out ReadOnlyMemory<byte> visitor)
    {
        staff = default;
        visitor = default;
        if (body.Length < header)
            return false;
        var length = BinaryPrimitives.ReadInt32LittleEndian(body.Span[(header - 4)..]);
        if (length < 0 || length > body.Length - header)
            return false;
        staff = body.Slice(header, length);
        visitor = body[(header + length)..];
        return true;
    }

    private static Guid Id(ReadOnlySpan<byte> span) => new(span[..Envelope.IdLength], bigEndian: true);

    private void Fail()
    {
        IsMalformed = true;
        _rest = default;
        BusMetrics.DroppedMalformed();
    }
}
