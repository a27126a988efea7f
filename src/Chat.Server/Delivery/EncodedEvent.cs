using System.Text.Json;
using Chat.Contracts;
using Chat.Server.Bus;
using Chat.Server.Identity;

namespace Chat.Server.Delivery;

/// <summary>A stored event, encoded once: for local sockets, for the bus, and on other nodes again from the bus without being parsed.</summary>
internal sealed class EncodedEvent
{
    private readonly ReadOnlyMemory<byte> _visitorJson;
    private Frame? _staffFrame;
    private Frame? _visitorFrame;

    public EncodedEvent(
        InboxId inboxId,
        ConversationId conversationId,
        int epoch,
        int seq,
        ReadOnlyMemory<byte> staffJson,
        VisitorVariant variant,
        ReadOnlyMemory<byte> visitorJson
    )
    {
        InboxId = inboxId;
        ConversationId = conversationId;
        Epoch = epoch;
        Seq = seq;
        StaffJson = staffJson;
        Variant = variant;
        _visitorJson = visitorJson;
    }

    public InboxId InboxId { get; }

    public ConversationId ConversationId { get; }

    public int Epoch { get; }

    public int Seq { get; }

    /// <summary>As operators get it.</summary>
    public ReadOnlyMemory<byte> StaffJson { get; }

    public VisitorVariant Variant { get; }

    /// <summary>As visitors get it, where that is an encoding of its own.</summary>
    public ReadOnlyMemory<byte> VisitorJson => _visitorJson;

    /// <summary>As this caller gets it; empty where that is not encoded.</summary>
    public ReadOnlyMemory<byte> JsonFor(Caller caller) => caller.IsOperator || Variant == VisitorVariant.Same ? StaffJson : _visitorJson;

    public Frame StaffFrame => _staffFrame ??= Frame.Of(Push.Event, StaffJson.Span);

    public Frame VisitorFrame =>
        _visitorFrame ??= Variant switch
        {
            VisitorVariant.Same => StaffFrame,
            VisitorVariant.Own => Frame.Of(Push.Event, _visitorJson.Span),
            _ => Frame.Of(Push.Skip, new Skip(ConversationId, Epoch, Seq), ChatJson.Wire.Skip),
        };

    /// <summary>As an item of an envelope.</summary>
    public EnvelopeItem ToItem() => EnvelopeItem.Event(InboxId, ConversationId, Epoch, Seq, 0, StaffJson, Variant, _visitorJson);

    public static EncodedEvent Of(InboxId inboxId, ChatEvent e)
    {
        var variant =
            e.Audience != Audience.Public ? VisitorVariant.Skip
            : Projection.SameForVisitor(e) ? VisitorVariant.Same
            : VisitorVariant.Own;
        return new EncodedEvent(
            inboxId,
            e.ConversationId,
            e.Epoch,
            e.Seq,
            JsonSerializer.SerializeToUtf8Bytes(e, ChatJson.Wire.ChatEvent),
            variant,
            variant == VisitorVariant.Own ? JsonSerializer.SerializeToUtf8Bytes(Projection.ForVisitor(e), ChatJson.Wire.ChatEvent) : default
        );
    }
}
