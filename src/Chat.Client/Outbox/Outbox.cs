using Chat.Contracts;

namespace Chat.Client;

/// <summary>
/// Changes that wait for the server's word, in the order in which they were made. An item is stored before it is sent, and goes in the same group of writes that
/// brings what came of it. Guarded by the model's lock.
/// </summary>
internal sealed class Outbox(ChatModel model, TimeProvider time)
{
    private readonly SortedDictionary<long, OutboxItem> _items = [];
    private readonly HashSet<Guid> _unstored = [];
    private readonly Dictionary<Guid, TaskCompletionSource<ChangeResult>> _waiters = [];
    private long _lastOrder;

    /// <summary>Something may be sent.</summary>
    public Action? Filled { get; set; }

    public IReadOnlyList<OutboxItem> Of(ConversationId id) => [.. _items.Values.Where(item => item.ConversationId == id)];

    public bool Opens(ConversationId id) =>
        _items.Values.Any(item => item.Kind == ChangeKind.OpenConversation && item.ConversationId == id);

    /// <summary>Conversations with something to send.</summary>
    public IReadOnlyList<ConversationId> Waiting()
    {
        lock (model.Gate)
            return [.. Sendable().Select(item => item.ConversationId)];
    }

    public OutboxItem? Next(ConversationId id)
    {
        lock (model.Gate)
            return Sendable().FirstOrDefault(item => item.ConversationId == id);
    }

    /// <summary>Takes a change. Returns when it is on the disk; then it will be sent, whatever happens to this process.</summary>
    public async Task<Guid> AddAsync(
        OutboxItem change,
        CancellationToken cancellationToken,
        TaskCompletionSource<ChangeResult>? waiter = null
    )
    {
        cancellationToken.ThrowIfCancellationRequested();
        OutboxItem item;
        Task stored;
        lock (model.Gate)
        {
            item = change with { Order = ++_lastOrder, ConversationId = model.Resolve(change.ConversationId), MadeAt = time.GetUtcNow() };
            _items.Add(item.Order, item);
            _unstored.Add(item.ClientId);
            if (waiter is not null)
                _waiters.Add(item.ClientId, waiter);
            stored = model.Commit(model.Hold(item.ConversationId), [Saved.Put(Saved.Item(item), item)], durable: true);
        }
        try
        {
            await stored;
        }
        catch (Exception e)
        {
            lock (model.Gate)
                Remove(item);
            throw new ChatException("storage", "The change could not be stored.", inner: e);
        }
        finally
        {
            lock (model.Gate)
                _unstored.Remove(item.ClientId);
            // Also when it failed: others may have waited behind it.
            Filled?.Invoke();
        }
        return item.ClientId;
    }

    /// <summary>As above, and waits for what comes of it.</summary>
    public async Task<ChangeResult> ChangeAsync(OutboxItem change, CancellationToken cancellationToken)
    {
        var waiter = new TaskCompletionSource<ChangeResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        await AddAsync(change, cancellationToken, waiter);
        return await waiter.Task.WaitAsync(cancellationToken);
    }

    public void Acknowledge(OutboxItem item, SendResult result)
    {
        lock (model.Gate)
        {
            if (!_items.ContainsKey(item.Order))
                return;
            var held = model.Hold(item.ConversationId);
            if (result.Status == ResultStatus.StaleView && item.StaysWhenRefused)
            {
                Replace(item with { State = ItemState.Held, Missing = result.Missing });
                return;
            }
            _items.Remove(item.Order);
            model.Change(
                held,
                () =>
                {
                    if (result.Event is { } stored)
                        held.Log.Apply(stored);
                },
                [Saved.Gone(Saved.Item(item))],
                durable: true
            );
            Answer(item.ClientId, waiter => waiter.TrySetResult(new ChangeResult(result.Status, result.Event, result.Missing)));
            if (!held.Log.HasHole)
                return;
        }
        model.HoleFound?.Invoke(item.ConversationId);
    }

    public void Acknowledge(OutboxItem item, OpenResult result)
    {
        lock (model.Gate)
        {
            if (!_items.Remove(item.Order))
                return;
            var id = result.Page.Conversation.Id;
            List<StorageChange> changes = [Saved.Gone(Saved.Item(item))];
            foreach (var follower in Of(item.ConversationId))
            {
                _items[follower.Order] = follower with { ConversationId = id };
                changes.Add(Saved.Put(Saved.Item(follower), _items[follower.Order]));
            }
            model.Rename(item.ConversationId, result.Page, changes);
        }
    }

    /// <summary>The server will never take it. With a conversation that cannot be opened fails all that is to be said in it.</summary>
    public void Refuse(OutboxItem item, ChatException refusal)
    {
        lock (model.Gate)
        {
            var refused = item.Kind == ChangeKind.OpenConversation ? Of(item.ConversationId) : [item];
            foreach (var one in refused.Where(one => _items.ContainsKey(one.Order)))
            {
                if (one.StaysWhenRefused || one.Kind == ChangeKind.OpenConversation)
                    Replace(one with { State = ItemState.Failed, Error = refusal.Code });
                else
                    Remove(one);
                Answer(one.ClientId, waiter => waiter.TrySetException(refusal));
            }
        }
    }

    /// <summary>Sends a failed or held item once more; <paramref name="expectedSeq"/> replaces the one that was found stale.</summary>
    public void Retry(ConversationId id, string key, int? expectedSeq = null)
    {
        lock (model.Gate)
        {
            foreach (var item in Resting(id, key).Concat(Of(model.Resolve(id)).Where(item => item.Kind == ChangeKind.OpenConversation)))
                Replace(
                    item with
                    {
                        State = ItemState.Sending,
                        Error = null,
                        Missing = null,
                        ExpectedSeq = expectedSeq ?? item.ExpectedSeq,
                    }
                );
        }
        Filled?.Invoke();
    }

    /// <summary>Takes a failed or held item out; returns its text.</summary>
    public string? Discard(ConversationId id, string key)
    {
        lock (model.Gate)
        {
            var discarded = Resting(id, key).FirstOrDefault();
            if (discarded is not null)
                Remove(discarded);
            return discarded?.Body;
        }
    }

    public void Restore(IEnumerable<OutboxItem> items)
    {
        foreach (var item in items)
        {
            _items.Add(item.Order, item);
            _lastOrder = Math.Max(_lastOrder, item.Order);
        }
    }

    public void Clear()
    {
        _items.Clear();
        foreach (var waiter in _waiters.Values)
            waiter.TrySetCanceled();
        _waiters.Clear();
    }

    // The first of each conversation, once it is stored: whoever stored a later one may hear of it earlier.
    private IEnumerable<OutboxItem> Sendable() =>
        _items
            .Values.Where(item => item.State == ItemState.Sending)
            .DistinctBy(item => item.ConversationId)
            .Where(item => !_unstored.Contains(item.ClientId));

    // By its own key, or by that of the message that it was to change.
    private List<OutboxItem> Resting(ConversationId id, string key)
    {
        var held = model.Find(id);
        var target = held?.Log.Events.FirstOrDefault(e => key == e.ClientId?.ToString() || key == $"seq:{e.Seq}")?.Seq;
        return
        [
            .. Of(model.Resolve(id))
                .Where(item => item.State is ItemState.Failed or ItemState.Held)
                .Where(item => item.ClientId.ToString() == key || (target is { } seq && item.Targets(seq))),
        ];
    }

    private void Replace(OutboxItem item)
    {
        _items[item.Order] = item;
        _ = model.Commit(model.Hold(item.ConversationId), [Saved.Put(Saved.Item(item), item)], durable: true);
    }

    private void Remove(OutboxItem item)
    {
        _items.Remove(item.Order);
        _ = model.Commit(model.Hold(item.ConversationId), [Saved.Gone(Saved.Item(item))], durable: true);
    }

    private void Answer(Guid clientId, Action<TaskCompletionSource<ChangeResult>> answer)
    {
        if (_waiters.Remove(clientId, out var waiter))
            answer(waiter);
    }
}
