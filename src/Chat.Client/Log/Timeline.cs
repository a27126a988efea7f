using Chat.Contracts;

namespace Chat.Client;

/// <summary>Makes what an app shows of a conversation: its log, own messages that wait for what is missing before them, then its outbox.</summary>
internal static class Timeline
{
    /// <param name="held">The conversation.</param>
    /// <param name="outbox">What waits to be sent in it.</param>
    /// <param name="perspective">Who looks.</param>
    /// <param name="now">The time of what has none yet.</param>
    /// <param name="ending">Why nothing is sent any more, if so.</param>
    public static ConversationState Show(
        HeldConversation held,
        IReadOnlyList<OutboxItem> outbox,
        Perspective perspective,
        DateTimeOffset now,
        string? ending = null
    )
    {
        outbox = [.. outbox.Where(item => !IsShown(item, held, perspective)).Select(item => ending is null ? item : item.Unsent(ending))];
        var items = new List<TimelineItem>(held.Log.Events.Count + outbox.Count);
        foreach (var e in held.Log.Events)
        {
            if (e.Type is not (EventType.Skip or EventType.Edited or EventType.Deleted))
                items.Add(Show(e, held, outbox, perspective));
        }
        // What the author saw on its way does not go out of sight while something before it is missing.
        foreach (var e in held.Log.Ahead)
        {
            if (e.Type is EventType.Message or EventType.Note && perspective.IsMine(e.Actor))
                items.Add(Show(e, held, outbox, perspective) with { Seq = null });
        }
        foreach (var item in outbox)
        {
            if (item.Shows is { } type)
                items.Add(Show(item, type, perspective, now));
        }
        return new ConversationState
        {
            Id = held.Id,
            Conversation = held.Conversation,
            Status = held.Conversation?.Status ?? ConversationStatus.Queued,
            Epoch = held.Log.Epoch,
            Seq = held.Log.Seq,
            Items = items,
            HasOlder = held.Log.HasOlder,
            LoadingOlder = held.LoadingOlder,
            Unread = held.Log.Events.Count(e => e.Seq > held.Own.ReadSeq && perspective.IsOthersMessage(e)),
            Cursors = new ConversationCursors(held.Own, held.Other),
            Typing = held.Ephemerals.Typing,
            Viewing = held.Ephemerals.Viewing,
            Online = held.Ephemerals.Online,
            QueuePosition = held.Ephemerals.Position,
        };
    }

    // It is there already, as the server stored it, and the answer is still to come.
    private static bool IsShown(OutboxItem item, HeldConversation held, Perspective perspective) =>
        item.State == ItemState.Sending
        && held.Log.Events.Concat(held.Log.Ahead)
            .Any(e => e.ClientId == item.ClientId && e.Type == item.Shows && perspective.IsMine(e.Actor));

    private static TimelineItem Show(ChatEvent e, HeldConversation held, IReadOnlyList<OutboxItem> outbox, Perspective perspective)
    {
        var mine = perspective.IsMine(e.Actor);
        var change = outbox.FirstOrDefault(item => item.Targets(e.Seq));
        return new TimelineItem
        {
            Key = e.ClientId?.ToString() ?? $"seq:{e.Seq}",
            Seq = e.Seq,
            Type = e.Type,
            Actor = e.Actor ?? Actor.System,
            At = e.At ?? default,
            Mine = mine,
            Body = e.Data?.Body,
            ReplyTo = e.Data?.ReplyTo,
            Edited = e.Data?.EditedSeq is not null,
            Deleted = e.Data?.DeletedSeq is not null,
            Data = e.Data,
            State =
                !mine || e.Seq > held.Other.DeliveredSeq ? ItemState.Sent
                : e.Seq > held.Other.ReadSeq ? ItemState.Delivered
                : ItemState.Read,
            Error = change?.Error,
            Pending = change?.Pending,
        };
    }

    private static TimelineItem Show(OutboxItem item, EventType type, Perspective perspective, DateTimeOffset now) =>
        new()
        {
            Key = item.ClientId.ToString(),
            Type = type,
            Actor = perspective.Me,
            At = item.MadeAt ?? now,
            Mine = true,
            Body = item.Body,
            ReplyTo = item.ReplyTo,
            State = item.State,
            Error = item.Error,
            Missing = item.Missing,
        };
}

/// <summary>Whose eyes see a conversation.</summary>
/// <param name="Side">The caller's side.</param>
/// <param name="Me">The caller.</param>
internal sealed record Perspective(Side Side, Actor Me)
{
    public static Perspective Of(Side side, Guid? id = null, string? name = null) =>
        new(side, new Actor(side == Side.Visitor ? ActorKind.Visitor : ActorKind.Operator, id, name));

    /// <summary>A visitor's side is one, whatever devices and names it had.</summary>
    public bool IsMine(Actor? actor) => actor?.Kind == Me.Kind && (Side == Side.Visitor || actor.Id == Me.Id);

    public bool IsOthersMessage(ChatEvent e) =>
        e is { Type: EventType.Message, Data.DeletedSeq: null }
        && e.Actor?.Kind == (Side == Side.Visitor ? ActorKind.Operator : ActorKind.Visitor);

    public bool IsOwn(Side side, OperatorId? operatorId) => side == Side && (Side == Side.Visitor || operatorId?.Value == Me.Id);
}
