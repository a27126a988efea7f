using Chat.Contracts;
using Chat.Server.Observability;

namespace Chat.Server.Bus;

/// <summary>
/// The layout of an envelope, which is what one node tells the others about one shard in one batch: a version byte, then items of one kind byte, four
/// bytes of length and a body. A reader skips kinds it does not know, so that nodes of two versions live together during a rolling update; a change
/// that old readers would misread needs a new version. Numbers are little-endian, ids are UUIDs in network order.
/// </summary>
internal static class Envelope
{
    public const byte Version = 1;

    public const int ItemHeaderLength = 5;

    public const int IdLength = 16;

    /// <summary>inbox, conversation, epoch, seq, flags, variant, length of the staff payload.</summary>
    public const int EventHeaderLength = IdLength + IdLength + 4 + 4 + 1 + 1 + 4;

    /// <summary>conversation, target, length of the staff payload.</summary>
    public const int PushHeaderLength = IdLength + 1 + 4;

    /// <summary>session, its holder, why.</summary>
    public const int EndedLength = IdLength + IdLength + 1;

    /// <summary>operator.</summary>
    public const int OperatorHeaderLength = IdLength;

    /// <summary>inbox, conversation, flags.</summary>
    public const int PresenceHeaderLength = IdLength + IdLength + 1;

    /// <summary>trace, span, flags.</summary>
    public const int TraceLength = Traces.ContextLength;

    /// <summary>microseconds.</summary>
    public const int TakenLength = 8;

    /// <summary>visitor, conversation.</summary>
    public const int GainedLength = IdLength + IdLength;
}

/// <summary>What an item says. Numbers are the wire's: add, never change.</summary>
internal enum EnvelopeItemKind : byte
{
    None = 0,

    /// <summary>An event was committed.</summary>
    Event = 1,

    /// <summary>A payload for the followers of a conversation that is no event.</summary>
    Push = 2,

    /// <summary>Inboxes or operators changed: read them again.</summary>
    Directory = 4,

    /// <summary>The sender's bus was down and is up: what it committed meanwhile was not published.</summary>
    Missed = 6,

    /// <summary>A session ended before its time: close its connections and refuse its tokens.</summary>
    Ended = 7,

    /// <summary>A payload for those who share an inbox with an operator.</summary>
    Operator = 8,

    /// <summary>A visitor came or left: a payload for operators who follow the conversation or watch its inbox.</summary>
    Presence = 9,

    /// <summary>The trace that the event behind it belongs to. Only where traces are on.</summary>
    Trace = 10,

    /// <summary>When the sender took the oldest event of the envelope from its author.</summary>
    Taken = 11,

    /// <summary>A visitor has a conversation that not all their connections know.</summary>
    Gained = 12,
}

/// <summary>What visitors get of an event.</summary>
internal enum VisitorVariant : byte
{
    /// <summary>The same bytes as staff.</summary>
    Same = 0,

    /// <summary>Its seq and nothing else.</summary>
    Skip = 1,

    /// <summary>Bytes of their own.</summary>
    Own = 2,
}

/// <summary>Which client method a push calls.</summary>
internal enum PushTarget : byte
{
    Cursor = 1,
    Ephemeral = 2,
}

/// <summary>One item. Which members mean something depends on <see cref="Kind"/>; payloads are slices of what was read and live as long as it does.</summary>
internal readonly struct EnvelopeItem
{
    public EnvelopeItemKind Kind { get; private init; }

    /// <summary>Of an event and a presence.</summary>
    public InboxId InboxId { get; private init; }

    /// <summary>Of an event, a push, a presence and a gain.</summary>
    public ConversationId ConversationId { get; private init; }

    public int Epoch { get; private init; }

    public int Seq { get; private init; }

    /// <summary>Bits that the delivery gives a meaning to; the bus carries them. Of an event, a presence and an ended session.</summary>
    public byte Flags { get; private init; }

    public VisitorVariant Variant { get; private init; }

    public PushTarget Target { get; private init; }

    /// <summary>The session that ended, the operator whom a payload is about, the visitor who has gained.</summary>
    public Guid SubjectId { get; private init; }

    /// <summary>The visitor or operator whose session ended.</summary>
    public Guid HolderId { get; private init; }

    /// <summary>UTF-8 JSON as staff get it; of a push perhaps empty, then staff get nothing. Of a trace its context.</summary>
    public ReadOnlyMemory<byte> Staff { get; private init; }

    /// <summary>UTF-8 JSON as visitors get it: of an event with <see cref="VisitorVariant.Own"/>; of a push perhaps empty, then they get nothing.</summary>
    public ReadOnlyMemory<byte> Visitor { get; private init; }

    /// <summary>By the sender's clock, to the microsecond.</summary>
    public DateTimeOffset At { get; private init; }

    /// <param name="inbox">Whose event.</param>
    /// <param name="conversation">Whose event.</param>
    /// <param name="epoch">Generation of the log.</param>
    /// <param name="seq">Its position.</param>
    /// <param name="flags">See <see cref="Flags"/>.</param>
    /// <param name="staff">UTF-8 JSON.</param>
    /// <param name="variant">What visitors get.</param>
    /// <param name="visitor">Their UTF-8 JSON with <see cref="VisitorVariant.Own"/>; otherwise left out.</param>
    public static EnvelopeItem Event(
        InboxId inbox,
        ConversationId conversation,
        int epoch,
        int seq,
        byte flags,
        ReadOnlyMemory<byte> staff,
        VisitorVariant variant,
        ReadOnlyMemory<byte> visitor = default
    ) =>
        new()
        {
            Kind = EnvelopeItemKind.Event,
            InboxId = inbox,
            ConversationId = conversation,
            Epoch = epoch,
            Seq = seq,
            Flags = flags,
            Staff = staff,
            Variant = variant,
            Visitor = variant == VisitorVariant.Own ? visitor : default,
        };

    public static EnvelopeItem Push(
        ConversationId conversation,
        PushTarget target,
        ReadOnlyMemory<byte> staff,
        ReadOnlyMemory<byte> visitor
    ) =>
        new()
        {
            Kind = EnvelopeItemKind.Push,
            ConversationId = conversation,
            Target = target,
            Staff = staff,
            Visitor = visitor,
        };

    public static EnvelopeItem Directory { get; } = new() { Kind = EnvelopeItemKind.Directory };

    public static EnvelopeItem Missed { get; } = new() { Kind = EnvelopeItemKind.Missed };

    /// <param name="session">Which.</param>
    /// <param name="holder">Whose.</param>
    /// <param name="why">See <see cref="Flags"/>.</param>
    public static EnvelopeItem Ended(Guid session, Guid holder, byte why) =>
        new()
        {
            Kind = EnvelopeItemKind.Ended,
            SubjectId = session,
            HolderId = holder,
            Flags = why,
        };

    public static EnvelopeItem Operator(Guid @operator, ReadOnlyMemory<byte> staff) =>
        new()
        {
            Kind = EnvelopeItemKind.Operator,
            SubjectId = @operator,
            Staff = staff,
        };

    /// <param name="inbox">Whose conversation.</param>
    /// <param name="conversation">Whose visitor.</param>
    /// <param name="flags">See <see cref="Flags"/>.</param>
    /// <param name="staff">UTF-8 JSON.</param>
    public static EnvelopeItem Presence(InboxId inbox, ConversationId conversation, byte flags, ReadOnlyMemory<byte> staff) =>
        new()
        {
            Kind = EnvelopeItemKind.Presence,
            InboxId = inbox,
            ConversationId = conversation,
            Flags = flags,
            Staff = staff,
        };

    /// <param name="context">See <see cref="Traces.Write"/>.</param>
    public static EnvelopeItem Trace(ReadOnlyMemory<byte> context) => new() { Kind = EnvelopeItemKind.Trace, Staff = context };

    public static EnvelopeItem Taken(DateTimeOffset at) => new() { Kind = EnvelopeItemKind.Taken, At = at };

    public static EnvelopeItem Gained(Guid visitor, ConversationId conversation) =>
        new()
        {
            Kind = EnvelopeItemKind.Gained,
            SubjectId = visitor,
            ConversationId = conversation,
        };
}
