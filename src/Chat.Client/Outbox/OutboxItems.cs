using Chat.Contracts;

namespace Chat.Client;

/// <summary>The items of an outbox in the order in which they were made. Not thread-safe: the model guards it.</summary>
internal sealed class OutboxItems
{
    private readonly SortedDictionary<long, OutboxItem> _items = [];
    private readonly HashSet<Guid> _unstored = [];
    private long _lastOrder;

    public IEnumerable<OutboxItem> All => _items.Values;

    /// <summary>Behind all that are there.</summary>
    public long NextOrder => _lastOrder + 1;

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
            .Where(item => !_unstored.Contains(item.ClientId));

    /// <summary>A new one, which is not stored yet.</summary>
    public void Add(OutboxItem item)
    {
        Put(item);
        _unstored.Add(item.ClientId);
    }

    public void SetStored(OutboxItem item) => _unstored.Remove(item.ClientId);

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

    public IReadOnlyList<StorageChange> Clear()
    {
        List<StorageChange> gone = [.. All.Select(item => Saved.Gone(Saved.Item(item)))];
        _items.Clear();
        return gone;
    }
}
