using Chat.Contracts;

namespace Chat.Client;

/// <summary>The items of an outbox in the order in which they were made. Not thread-safe: the model guards it.</summary>
internal sealed class OutboxItems
{
    private readonly SortedDictionary<long, OutboxItem> _items = [];
    private readonly Dictionary<Guid, Task> _unstored = [];
    private long _lastOrder;

    // Above it: written since the start, before anybody's session.
    private long? _lastOwned;

    public IEnumerable<OutboxItem> All => _items.Values;

    public IReadOnlyList<OutboxItem> Of(ConversationId id) => [.. _items.Values.Where(item => item.ConversationId == id)];

    /// <summary>Keys are the caller's, and good for one conversation.</summary>
    public OutboxItem? Find(ConversationId id, Guid? clientId) =>
        _items.Values.FirstOrDefault(item => item.ClientId == clientId && item.ConversationId == id);

    public OutboxItem? Opening(ConversationId id) =>
        _items.Values.FirstOrDefault(item => item.Kind == ChangeKind.OpenConversation && item.ConversationId == id);

    /// <summary>The conversation was not opened: the server refused.</summary>
    public bool IsRefused(ConversationId id) => Opening(id) is { State: ItemState.Failed };

    public bool Has(OutboxItem item) => _items.ContainsKey(item.Order);

    /// <summary>The first of each conversation, once it is stored: whoever stored a later one may hear of it earlier.</summary>
    public IEnumerable<OutboxItem> Sendable() =>
        _items
            .Values.Where(item => item.State == ItemState.Sending)
            .DistinctBy(item => item.ConversationId)
            .Where(item => !_unstored.ContainsKey(item.ClientId));

    /// <summary>A new one is being stored.</summary>
    public void SetStoring(OutboxItem item, Task stored) => _unstored[item.ClientId] = stored;

    /// <summary>The storing of a new one; null: it is over.</summary>
    public Task? StoringOf(OutboxItem item) => _unstored.GetValueOrDefault(item.ClientId);

    public void SetStored(OutboxItem item) => _unstored.Remove(item.ClientId);

    /// <summary>Takes a new one behind all that are there.</summary>
    public OutboxItem Add(OutboxItem change, ConversationId id, DateTimeOffset madeAt)
    {
        var item = change with { Order = _lastOrder + 1, ConversationId = id, MadeAt = madeAt };
        Put(item);
        return item;
    }

    /// <summary>One that is stored, in its place.</summary>
    public void Put(OutboxItem item)
    {
        _items[item.Order] = item;
        _lastOrder = Math.Max(_lastOrder, item.Order);
    }

    /// <summary>What was to be said in a conversation that the server knows by another id now; the items as they are.</summary>
    public IReadOnlyList<OutboxItem> Move(ConversationId from, ConversationId to)
    {
        List<OutboxItem> moved = [.. Of(from).Select(item => item with { ConversationId = to })];
        moved.ForEach(Put);
        return moved;
    }

    public bool Remove(OutboxItem item) => _items.Remove(item.Order);

    /// <summary>Those that were read from a storage are somebody's; what is written from now on belongs to the user of the session to come.</summary>
    public void Disown() => _lastOwned = _lastOrder;

    /// <summary>There is a session, whose user all is of.</summary>
    public void Own() => _lastOwned = null;

    /// <summary>Those that the user of the session before has written.</summary>
    public List<OutboxItem> Owned() => [.. All.Where(item => item.Order <= (_lastOwned ?? long.MaxValue))];

    /// <summary>Leaves nothing of these.</summary>
    public List<OutboxItem> Forget()
    {
        var gone = Owned();
        gone.ForEach(item => _items.Remove(item.Order));
        return gone;
    }
}
