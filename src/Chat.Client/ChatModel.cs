using Chat.Contracts;

namespace Chat.Client;

/// <summary>
/// What a client knows, in memory and in its storage. Everything changes under one lock, is stored as one group and then shown; nothing here waits for the
/// network.
/// </summary>
internal sealed class ChatModel
{
    private readonly Dictionary<ConversationId, HeldConversation> _held = [];
    private readonly IChatStorage _storage;
    private readonly TimeProvider _time;
    private readonly ShownConversations _shown = new();
    private readonly StorageWriter _writer;

    // Written under the gate.
    private volatile int _life;

    public ChatModel(Side side, IChatStorage storage, TimeProvider time)
    {
        (_storage, _time) = (storage, time);
        _writer = new StorageWriter(storage);
        Perspective = Perspective.Of(side);
        Account = new Account(this);
        Outbox = new Outbox(this, time);
        Moments = new Moments(this, time);
    }

    /// <summary>Guards all that is in here and in the outbox.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Rises whenever what is held is forgotten: what was asked for before is an answer for somebody else.</summary>
    public int Life => _life;

    public Outbox Outbox { get; }

    public Moments Moments { get; }

    public LeftMarks Left { get; } = new();

    /// <summary>Under the gate.</summary>
    public IReadOnlyCollection<HeldConversation> All => _held.Values;

    public EventFeed Feed { get; } = new();

    public Store<IReadOnlyDictionary<ConversationId, ConversationState>> Conversations => _shown.All;

    /// <summary>Unread messages of all conversations.</summary>
    public Store<int> Unread => _shown.Unread;

    /// <summary>Whose it all is.</summary>
    public Account Account { get; }

    public Perspective Perspective { get; private set; }

    /// <summary>Why nothing is sent any more until the client is started again; null: it is, as soon as there is a connection. Under the gate.</summary>
    public ChatException? Ending { get; private set; }

    /// <summary>A Sync must bring what is missing in this conversation.</summary>
    public Action<ConversationId>? HoleFound { get; set; }

    /// <summary>What was held is forgotten. Under the gate.</summary>
    public Action? Forgotten { get; set; }

    /// <summary>The other side is to be told how far this one is.</summary>
    public Action<ConversationId>? MarksMoved { get; set; }

    private bool IsWoken => Account.PushDevice is not null;

    public async Task LoadAsync()
    {
        var values = await _storage.LoadAsync(CancellationToken.None);
        lock (Gate)
            Restore(new Restored(values));
    }

    public HeldConversation? Find(ConversationId id) => _held.GetValueOrDefault(Resolve(id));

    /// <summary>The server's id of a conversation that was opened here, once it has one.</summary>
    public ConversationId Resolve(ConversationId id) => _shown.Map.Resolve(id);

    public T Look<T>(ConversationId id, Func<HeldConversation?, T> look)
    {
        lock (Gate)
            return look(Find(id));
    }

    /// <summary>Positions in the conversations that the server knows, the newest first.</summary>
    public IReadOnlyList<Cursor> Cursors()
    {
        lock (Gate)
            return [.. _held.Values.Where(IsOnServer).OrderByDescending(h => h.Conversation?.LastAt).Select(h => h.Cursor)];
    }

    /// <summary>Makes room for a conversation that is followed, or to be opened.</summary>
    public HeldConversation Hold(ConversationId id)
    {
        lock (Gate)
        {
            if (Find(id) is { } known)
                return known;
            var held = new HeldConversation(id);
            _held.Add(id, held);
            Moments.GiveEarly(held);
            Show(held);
            return held;
        }
    }

    public void Drop(ConversationId id)
    {
        lock (Gate)
        {
            if (!_held.Remove(id, out var held))
                return;
            _ = _writer.Add([.. held.Erased()], durable: false);
            _shown.Set(_shown.Map.Without(id));
        }
    }

    public void Apply(ChatEvent e)
    {
        lock (Gate)
        {
            // A visitor hears of all their conversations, an operator of those that they follow.
            if (Perspective.Side == Side.Operator && Find(e.ConversationId) is null)
                return;
            var held = Hold(e.ConversationId);
            Change(held, () => held.Log.Apply(e));
            if (!held.Log.HasHole)
                return;
        }
        HoleFound?.Invoke(e.ConversationId);
    }

    /// <summary>Takes a page, unless it was asked for in an earlier <paramref name="life"/>; whether it did.</summary>
    public bool Apply(ConversationPage page, int? life = null)
    {
        lock (Gate)
        {
            if (life is { } asked && asked != Life)
                return false;
            Outbox.See(page);
            var held = Hold(page.Conversation.Id);
            Change(held, () => Left.Take(held, page, Perspective, IsWoken));
        }
        // Also without news: a log that was replaced may have forgotten what it had been told.
        MarksMoved?.Invoke(page.Conversation.Id);
        return true;
    }

    public void ApplyOlder(ConversationId id, HistoryResult page) => Update(id, held => held.Log.ApplyOlder(page));

    public void Apply(CursorMoved moved)
    {
        var cursor = new SideCursor(moved.Side, moved.OperatorId, moved.DeliveredSeq, moved.ReadSeq);
        Update(moved.ConversationId, held => held.Move(cursor, Perspective, IsWoken));
    }

    /// <summary>Changes a conversation and stores and shows what came of it.</summary>
    public void Update(ConversationId id, Action<HeldConversation> change)
    {
        lock (Gate)
        {
            if (Find(id) is not { } held)
                return;
            change(held);
            _ = Commit(held);
        }
    }

    /// <summary>The server has opened a conversation of ours: what was held under the id from here goes on under its own.</summary>
    public void Rename(ConversationId local, ConversationPage page, List<StorageChange> changes)
    {
        var id = page.Conversation.Id;
        changes.Add(Saved.Put(Saved.Alias(local), id));
        if (_held.Remove(local))
            changes.Add(Saved.Gone(Saved.Conversation(local)));
        _shown.Set(_shown.Map.Renamed(local, id));
        var held = Hold(id);
        Change(held, () => held.Apply(page, Perspective, IsWoken), changes, durable: true);
    }

    /// <summary>Stores what changed of a conversation, together with what else belongs to it, and shows it.</summary>
    public Task Commit(HeldConversation? held, List<StorageChange>? others = null, bool durable = false)
    {
        List<StorageChange> changes = [.. others ?? [], .. held?.TakeChanges() ?? []];
        if (held is not null)
            Show(held);
        return _writer.Add(changes, durable);
    }

    public void Change(HeldConversation held, Action change, List<StorageChange>? others = null, bool durable = false)
    {
        change();
        var fresh = held.Log.TakeFresh();
        fresh.ForEach(held.Note);
        others ??= [];
        _ = Commit(held, others, Outbox.See(fresh, others) || durable);
        Feed.Add(held.Id, fresh);
        if (fresh.Exists(Perspective.IsOthersMessage))
            MarksMoved?.Invoke(held.Id);
    }

    /// <summary>The client has ended for good, or begins anew: what waits to be sent is shown as it is now.</summary>
    public void SetEnding(ChatException? ending)
    {
        lock (Gate)
        {
            if (Ending is null && ending is null)
                return;
            Ending = ending;
            if (ending is not null)
                Outbox.GiveUp(ending);
            _held.Values.ToList().ForEach(Show);
        }
    }

    /// <summary>Stores these; those that need not be kept count as never made when they could not be written.</summary>
    public Task StoreAsync(IReadOnlyList<StorageChange> changes, bool durable, bool isKept = true) => _writer.Add(changes, durable, isKept);

    /// <summary>Sees everything as this one. Under the gate.</summary>
    public void LookAs(Perspective perspective)
    {
        var isSame = Perspective.Me.Id == perspective.Me.Id;
        Perspective = perspective;
        if (!isSame)
            _held.Values.ToList().ForEach(Show);
    }

    public Task FlushAsync() => _writer.FlushAsync();

    /// <summary>Leaves nothing, in memory or in the storage.</summary>
    public Task WipeAsync()
    {
        lock (Gate)
        {
            Outbox.Own();
            Forget();
            Account.Clear();
            Perspective = Perspective.Of(Perspective.Side);
            return _writer.WipeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Moments.DisposeAsync();
        await FlushAsync();
        await _storage.DisposeAsync();
        _shown.End();
        Account.SessionState.End();
    }

    /// <summary>What is held and what waits to be sent: it is not to be shown to somebody else, nor to go out as theirs. Under the gate.</summary>
    public List<StorageChange> Forget()
    {
        var changes = Erased();
        _life++;
        _held.Clear();
        Left.Clear();
        _shown.Set(ConversationMap.Empty);
        Forgotten?.Invoke();
        return [.. changes, .. Outbox.Forget().ToList().SelectMany(id => Hold(id).TakeChanges())];
    }

    /// <summary>What erases from the storage what <see cref="Forget"/> forgets. Under the gate.</summary>
    public List<StorageChange> Erased() => [.. Outbox.Erased(), .. _held.Values.SelectMany(held => held.Erased())];

    /// <summary>A conversation that has an open item is not known to the server.</summary>
    private bool IsOnServer(HeldConversation held) => held.Log.Epoch > 0 || !Outbox.Opens(held.Id);

    /// <summary>Shows it as it is.</summary>
    public void Show(HeldConversation held)
    {
        var state = Timeline.Show(held, Outbox.Of(held.Id), Perspective, _time.GetUtcNow(), Ending?.Code);
        _shown.Set(_shown.Map.With(state));
    }

    private void Restore(Restored stored)
    {
        Account.Restore(stored);
        _shown.Set(stored.Aliases.Aggregate(_shown.Map, (shown, alias) => shown.Renamed(alias.Local, alias.Id)));
        foreach (var held in stored.Conversations)
            _held.Add(held.Id, held);
        Outbox.Restore(stored.Items);
        _held.Values.ToList().ForEach(Show);
    }
}
