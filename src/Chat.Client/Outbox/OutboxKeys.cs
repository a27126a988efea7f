using Chat.Contracts;

namespace Chat.Client;

/// <summary>
/// What was written under which key. Others may write under a key that they can compute, so that nothing counts as written here but what its writer, kind and text
/// say. Guarded by the model's lock.
/// </summary>
internal static class OutboxKeys
{
    /// <summary>Taken before, and the same. What the log has under this key from somebody else, or with another text, the server is asked about: it refuses.</summary>
    /// <exception cref="ChatException"><c>conflict</c>: something else waits under this key.</exception>
    public static bool IsKnown(this OutboxItems items, OutboxItem change, ChatModel model)
    {
        if (items.Find(model.Resolve(change.ConversationId), change.ClientId) is not { } waiting)
            return Written(change, model) is { } e && change.IsStoredAs(e, model.Perspective);
        return waiting.IsSameAs(change)
            ? true
            : throw new ChatException(ErrorCode.Conflict.Code, "Something else was written here under this key.");
    }

    /// <summary>Nothing is to come of it: it was refused since its writer has written another text under its key, and that one stays.</summary>
    public static bool IsOver(this OutboxItem item, ChatModel model) =>
        item.Error == ErrorCode.Conflict.Code && Written(item, model) is { } e && e.Type == item.Shows && model.Perspective.IsMine(e.Actor);

    /// <summary>Failed or held, by its own key or by that of the message that it was to change.</summary>
    public static IReadOnlyList<OutboxItem> Resting(this OutboxItems items, ConversationId id, string key, ChatModel model)
    {
        var held = model.Find(id);
        var target = held?.Log.Events.FirstOrDefault(e => key == e.ClientId?.ToString() || key == $"seq:{e.Seq}")?.Seq;
        return
        [
            .. items
                .Of(model.Resolve(id))
                .Where(item => item.State is ItemState.Failed or ItemState.Held || model.Ending is not null)
                .Where(item => item.ClientId.ToString() == key || (target is { } seq && item.Targets(seq))),
        ];
    }

    /// <summary>What has come of one that waits no longer.</summary>
    public static ChangeResult? Stored(this Waiters waiters, ConversationId id, Guid key, ChatModel model) =>
        model.Find(id)?.Log.Find(key) is { } e && model.Perspective.IsMine(e.Actor)
            ? new ChangeResult(ResultStatus.Ok, e)
            : waiters.ResultOf(model.Resolve(id), key);

    private static ChatEvent? Written(OutboxItem item, ChatModel model) => model.Find(item.ConversationId)?.Log.Find(item.ClientId);
}
