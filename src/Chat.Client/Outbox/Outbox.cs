using Chat.Contracts;

namespace Chat.Client;

/// <summary>
/// Changes that wait for the server's word, in the order in which they were made. An item is stored before it is sent, and goes in the same group of writes that
/// brings what came of it. Guarded by the model's lock.
/// </summary>
internal sealed class Outbox
{
    private readonly ChatModel _model;
    private readonly OutboxItems _items = new();
    private readonly Waiters _waiters = new();

    public Outbox(ChatModel model, TimeProvider time)
    {
        _model = model;
        Intake = new OutboxIntake(model, this, _items, _waiters, time);
    }

    /// <summary>Takes changes.</summary>
    public OutboxIntake Intake { get; }

    /// <summary>Something may be sent.</summary>
    public Action? Filled { get; set; }

    public IReadOnlyList<OutboxItem> Of(ConversationId id) => _items.Of(id);

    /// <summary>A page that begins with the event of an opening is of the conversation that it made, though its answer was lost.</summary>
    public void See(ConversationPage page)
    {
        if (page.Events is not [{ Seq: 1, ClientId: { } clientId }, ..])
            return;
        if (_items.All.FirstOrDefault(item => item.ClientId == clientId) is { Kind: ChangeKind.OpenConversation } opening)
            Acknowledge(opening, new OpenResult(ResultStatus.Duplicate, page));
    }

    /// <summary>The log has these: changes that it has are made, whoever heard the answer. Whether there were any.</summary>
    public bool See(IEnumerable<ChatEvent> events, List<StorageChange> changes)
    {
        var hasMade = false;
        foreach (var e in events)
        {
            // Of another's, or of another text under the same key the server is asked: it refuses.
            if (_items.Find(e.ConversationId, e.ClientId) is not { } made || !made.IsStoredAs(e, _model.Perspective))
                continue;
            _items.Remove(made);
            changes.Add(Saved.Gone(Saved.Item(made)));
            _waiters.Answer(made, new ChangeResult(ResultStatus.Duplicate, e));
            hasMade = true;
        }
        return hasMade;
    }

    public bool Opens(ConversationId id) => _items.Opening(id) is not null;

    /// <summary>Conversations with something to send.</summary>
    public IReadOnlyList<ConversationId> Waiting()
    {
        lock (_model.Gate)
            return [.. _items.Sendable().Select(item => item.ConversationId)];
    }

    public OutboxItem? Next(ConversationId id)
    {
        lock (_model.Gate)
            return _items.Sendable().FirstOrDefault(item => item.ConversationId == id);
    }

    /// <summary>Whether something that was written in this conversation is not stored by the server. Under the gate.</summary>
    public bool HasUnstored(ConversationId id) => Of(id).Any(item => !item.IsOver(_model));

    /// <summary>Waits for what comes of an item that a timeline shows.</summary>
    public Task<ChangeResult> ResultAsync(ConversationId id, string key, CancellationToken cancellationToken)
    {
        lock (_model.Gate)
        {
            var clientId = Guid.TryParse(key, out var parsed) ? parsed : Guid.Empty;
            if (_items.Find(_model.Resolve(id), clientId) is { } item)
                return _waiters.ResultAsync(item, _model.Ending).WaitAsync(cancellationToken);
            return Task.FromResult(
                _waiters.Stored(id, clientId, _model)
                    ?? throw new ArgumentException("Nothing was written under this key here.", nameof(key))
            );
        }
    }

    public void Acknowledge(OutboxItem item, SendResult result)
    {
        lock (_model.Gate)
        {
            if (!_items.Has(item))
                return;
            var held = _model.Find(item.ConversationId);
            if (result.Status == ResultStatus.StaleView && item.StaysWhenRefused)
            {
                Replace(item with { State = ItemState.Held, Missing = result.Missing });
                _waiters.Answer(item, new ChangeResult(result.Status, Missing: result.Missing));
                return;
            }
            Finish(item, held, result.Event);
            var made = new ChangeResult(result.Status, result.Event, result.Missing);
            if (item.Shows is not null && held?.Log.Find(item.ClientId) is null)
                _waiters.Keep(item, made);
            _waiters.Answer(item, made);
            if (held is not { Log.HasHole: true })
                return;
        }
        _model.HoleFound?.Invoke(item.ConversationId);
    }

    public void Acknowledge(OutboxItem item, OpenResult result)
    {
        lock (_model.Gate)
        {
            if (!_items.Remove(item))
                return;
            var id = result.Page.Conversation.Id;
            List<StorageChange> changes = [Saved.Gone(Saved.Item(item))];
            changes.AddRange(_items.Move(item.ConversationId, id).Select(moved => Saved.Put(Saved.Item(moved), moved)));
            _model.Rename(item.ConversationId, result.Page, changes);
        }
    }

    /// <summary>The server will never take it. With a conversation that cannot be opened fails all that is to be said in it.</summary>
    public void Refuse(OutboxItem item, ChatException refusal)
    {
        lock (_model.Gate)
        {
            var refused = item.Kind == ChangeKind.OpenConversation ? Of(item.ConversationId) : [item];
            // Of an opening it says one thing only, which is not that of other changes.
            var isTooMany = item.Kind == ChangeKind.OpenConversation && refusal.Code == ErrorCode.Conflict.Code;
            var error = isTooMany ? ChatException.TooManyOpen : refusal.Code;
            foreach (var one in refused.Where(_items.Has))
            {
                if (one.StaysWhenRefused || one.Kind == ChangeKind.OpenConversation)
                    Replace(one with { State = ItemState.Failed, Error = error });
                else
                    Remove(one);
                _waiters.Fail(one, refusal);
            }
        }
    }

    /// <summary>Sends a failed or held item once more; <paramref name="expectedSeq"/> replaces the one that was found stale.</summary>
    public void Retry(ConversationId id, string key, int? expectedSeq = null)
    {
        lock (_model.Gate)
            Revive(_model.Resolve(id), _items.Resting(id, key, _model), expectedSeq);
        Filled?.Invoke();
    }

    /// <summary>Takes a failed or held item out; returns its text. An opening that was refused goes with the last that waits for it.</summary>
    public string? Discard(ConversationId id, string key)
    {
        ConversationId conversation;
        string? text;
        lock (_model.Gate)
        {
            if (_items.Resting(id, key, _model) is not [var discarded, ..])
                return null;
            Remove(discarded);
            (conversation, text) = (discarded.ConversationId, discarded.Body);
            if (Of(conversation) is [{ Kind: ChangeKind.OpenConversation, State: ItemState.Failed } opening])
            {
                Remove(opening);
                DropUnopened(opening);
            }
        }
        // What was read after it may be told now.
        _model.MarksMoved?.Invoke(conversation);
        return text;
    }

    public void Restore(IEnumerable<OutboxItem> items)
    {
        foreach (var item in items)
            _items.Put(item);
        _items.Disown();
    }

    /// <summary>Whatever waits is of the user of now. Under the gate.</summary>
    public void Own() => _items.Own();

    /// <summary>What erases from the storage what the user before has written. Under the gate.</summary>
    public IEnumerable<StorageChange> Erased() => _items.Owned().Select(item => Saved.Gone(Saved.Item(item)));

    /// <summary>Forgets it; the conversations of what was written since the start, before there was a session: that is of the next user. Under the gate.</summary>
    public IEnumerable<ConversationId> Forget()
    {
        _items.Forget().ForEach(_waiters.Cancel);
        _waiters.ForgetResults();
        return _items.All.Select(item => item.ConversationId).Distinct();
    }

    /// <summary>Nobody waits any longer: the client was stopped. Nothing is lost of what is to be sent.</summary>
    public void Release(ChatException reason)
    {
        lock (_model.Gate)
            _waiters.FailAll(reason);
    }

    /// <summary>The client has ended for good: whoever waits is told why, and what no timeline shows is over with that. Under the gate.</summary>
    public void GiveUp(ChatException reason)
    {
        foreach (var item in _items.All.Where(item => !item.StaysWhenRefused && item.Kind != ChangeKind.OpenConversation).ToList())
            Remove(item);
        Release(reason);
    }

    /// <summary>To be sent once more. With an opening that was refused goes all that waits for it. Under the gate.</summary>
    public void Revive(ConversationId id, IReadOnlyList<OutboxItem> resting, int? expectedSeq)
    {
        foreach (var item in _items.IsRefused(id) ? Of(id) : resting)
            Replace(item.Revived(expectedSeq));
    }

    /// <summary>An opening that has gone leaves nothing, unless something waits for it. Under the gate.</summary>
    public void DropUnopened(OutboxItem opening)
    {
        if (opening.Kind == ChangeKind.OpenConversation && Of(opening.ConversationId).Count == 0)
            _model.Drop(opening.ConversationId);
    }

    /// <summary>Under the gate.</summary>
    public void Remove(OutboxItem item) => Finish(item, _model.Find(item.ConversationId), stored: null);

    private void Replace(OutboxItem item)
    {
        _items.Put(item);
        _ = _model.Commit(_model.Hold(item.ConversationId), [Saved.Put(Saved.Item(item), item)], durable: true);
    }

    /// <summary>Goes from the outbox. What is followed no longer stays so: of that only the item is forgotten.</summary>
    private void Finish(OutboxItem item, HeldConversation? held, ChatEvent? stored)
    {
        _items.Remove(item);
        List<StorageChange> gone = [Saved.Gone(Saved.Item(item))];
        if (held is null || stored is null)
            _ = _model.Commit(held, gone, durable: true);
        else
            _model.Change(held, () => held.Log.Apply(stored), gone, durable: true);
    }
}
