using System.Text.Json;
using Chat.Contracts;

namespace Chat.Server.Storage;

/// <summary>
/// A row of <c>event</c>. What changes later or is erased has a column of its own; the rest of <see cref="EventData"/>, with the names and faces of
/// that moment, is JSON. Messages, notes, edits and deletions have none.
/// </summary>
internal sealed record EventRow
{
    private static readonly EventData Empty = new();

    public ConversationId ConversationId { get; init; }
    public int Seq { get; init; }
    public int Type { get; init; }
    public int Audience { get; init; }
    public DateTimeOffset At { get; init; }
    public Guid? ClientId { get; init; }
    public Guid? ActorId { get; init; }
    public int ActorKind { get; init; }
    public string? ActorName { get; init; }
    public int? ReplyTo { get; init; }
    public int? TargetSeq { get; init; }
    public int? EditedSeq { get; init; }
    public int? DeletedSeq { get; init; }
    public string? Body { get; init; }
    public string? Data { get; init; }

    /// <summary>Where ranges are read: the position of its range among those asked for.</summary>
    public int Range { get; init; }

    public static EventRow From(ChatEvent e)
    {
        var data = e.Data ?? Empty;
        var rest = data with { Body = null, ReplyTo = null, TargetSeq = null, EditedSeq = null, DeletedSeq = null };
        return new EventRow
        {
            ConversationId = e.ConversationId,
            Seq = e.Seq,
            Type = (int)e.Type,
            Audience = (int)e.Audience,
            At = e.At!.Value,
            ClientId = e.ClientId,
            ActorId = e.Actor?.Id,
            ActorKind = (int)(e.Actor ?? Actor.System).Kind,
            ActorName = e.Actor?.Name,
            ReplyTo = data.ReplyTo,
            TargetSeq = data.TargetSeq,
            EditedSeq = data.EditedSeq,
            DeletedSeq = data.DeletedSeq,
            Body = data.Body,
            Data = rest == Empty ? null : JsonSerializer.Serialize(rest, ChatJson.Wire.EventData),
        };
    }

    public ChatEvent ToEvent(int epoch)
    {
        // Of a later version, which stored it in the same log: its place, and nothing of what it says.
        if (ReadData() is not { } rest)
            return new ChatEvent
            {
                ConversationId = ConversationId,
                Epoch = epoch,
                Seq = Seq,
                Type = EventType.Skip,
                Audience = Contracts.Audience.Staff,
            };
        return new ChatEvent
        {
            ConversationId = ConversationId,
            Epoch = epoch,
            Seq = Seq,
            Type = (EventType)Type,
            Audience = (Audience)Audience,
            Actor = new Actor((ActorKind)ActorKind, ActorId, ActorName),
            At = At,
            ClientId = ClientId,
            Data = rest with { Body = Body, ReplyTo = ReplyTo, TargetSeq = TargetSeq, EditedSeq = EditedSeq, DeletedSeq = DeletedSeq },
        };
    }

    /// <summary>Null: it has words that this version does not know.</summary>
    private EventData? ReadData()
    {
        if (!Enum.IsDefined((EventType)Type) || !Enum.IsDefined((Audience)Audience) || !Enum.IsDefined((ActorKind)ActorKind))
            return null;
        try
        {
            return Data is null ? Empty : JsonSerializer.Deserialize(Data, ChatJson.Wire.EventData);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
