using System.Collections.Immutable;
using Chat.Contracts;

namespace Chat.Client;

/// <summary>
/// What a client knows, in memory and in its storage. Everything changes under one lock, is stored as one group and then shown; nothing here waits for the
/// network.
/// </summary>
internal sealed class ChatModel
{
    private readonly Dictionary<ConversationId, HeldConversation> _held = [];
    private readonly Dictionary<ConversationId, ConversationId> _aliases = [];
    private readonly IChatStorage _storage;
    private readonly TimeProvider _time;
    private StorageWriter _writer;

    public ChatModel(Side side, IChatStorage storage, TimeProvider time)
    {
        (_storage, _time) = (storage, time);
        _writer = new StorageWriter(storage);
        Perspective = Perspective.Of(side);
        Outbox = new Outbox(this, time);
        Moments = new Moments(this, time);
    }

    /// <summary>Guards all that is in here and in the outbox.</summary>
    public Lock Gate { get; } = new();

    public Outbox Outbox { get; }

    public Moments Moments { get; }

    /// <summary>Under the gate.</summary>
    public IReadOnlyCollection<HeldConversation> All => _held.Values;

    public EventFeed Feed { get; } = new();

    public Store<IReadOnlyDictionary<ConversationId, ConversationState>> Conversations { get; } =
        new(ImmutableDictionary<ConversationId, ConversationState>.Empty);

    public Store<VisitorSessionState> SessionState { get; } = new(new VisitorSessionState(null, false));

    public Guid DeviceId { get; private set; }

    public SavedSession? Session { get; private set; }

    public SavedDevice? PushDevice { get; private set; }

    public Perspective Perspective { get; private set; }

    /// <summary>A Sync must bring what is missing in this conversation.</summary>
    public Action<ConversationId>? HoleFound { get; set; }

    /// <summary>The other side is to be told how far this one is.</summary>
    public Action<ConversationId>? MarksMoved { get; set; }

    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        var values = await _storage.LoadAsync(cancellationToken);
        lock (Gate)
            Restore(new Restored(values));
    }

    public HeldConversation? Find(ConversationId id) => _held.GetValueOrDefault(Resolve(id));

    /// <summary>The server's id of a conversation that was opened here, once it has one.</summary>
    public ConversationId Resolve(ConversationId id)
    {
        lock (Gate)
            return _aliases.GetValueOrDefault(id, id);
    }

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

    /// <summary>Stored first: the use of a refresh token ends the one before it, which must not be the only one that is stored.</summary>
    public async Task SetSessionAsync(SavedSession session)
    {
        await _writer.Add([Saved.Put(Saved.Device, DeviceId), Saved.Put(Saved.Session, session)], durable: true);
        lock (Gate)
        {
            Session = session;
            ShowSession();
        }
    }

    public Task SetPushDeviceAsync(SavedDevice? device)
    {
        lock (Gate)
        {
            PushDevice = device;
            return _writer.Add([device is null ? Saved.Gone(Saved.Push) : Saved.Put(Saved.Push, device)], durable: true);
        }
    }

    public void SetMe(Me me)
    {
        lock (Gate)
        {
            var changed = Perspective.Me.Id != me.Id;
            Perspective = Perspective.Of(Perspective.Side, me.Id, me.Name);
            if (changed)
                _held.Values.ToList().ForEach(Show);
        }
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
            var events = held.Log.Events.Select(e => Saved.Gone(Saved.Event(id, e.Seq)));
            _ = _writer.Add([.. events, Saved.Gone(Saved.Conversation(id))], durable: false);
            Conversations.Set(((ImmutableDictionary<ConversationId, ConversationState>)Conversations.Value).Remove(id));
        }
    }

    public void Apply(ChatEvent e)
    {
        lock (Gate)
        {
            // A visitor hears of all his conversations, an operator of those that he follows.
            if (Perspective.Side == Side.Operator && Find(e.ConversationId) is null)
                return;
            var held = Hold(e.ConversationId);
            Change(held, () => held.Log.Apply(e));
            if (!held.Log.HasHole)
                return;
        }
        HoleFound?.Invoke(e.ConversationId);
    }

    public void Apply(ConversationPage page)
    {
        lock (Gate)
        {
            var held = Hold(page.Conversation.Id);
            Change(held, () => ApplyPage(held, page));
        }
        // Also without news: a log that was replaced may have forgotten what it had been told.
        MarksMoved?.Invoke(page.Conversation.Id);
    }

    public void ApplyOlder(ConversationId id, HistoryResult page)
    {
        lock (Gate)
        {
            if (Find(id) is { } held)
                Change(held, () => held.Log.ApplyOlder(page));
        }
    }

    public void Apply(CursorMoved moved) =>
        Update(moved.ConversationId, held => Move(held, moved.Side, moved.OperatorId, new Marks(moved.DeliveredSeq, moved.ReadSeq)));

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
        _aliases[local] = id;
        changes.Add(Saved.Put(Saved.Alias(local), id));
        if (_held.Remove(local))
        {
            changes.Add(Saved.Gone(Saved.Conversation(local)));
            Conversations.Set(((ImmutableDictionary<ConversationId, ConversationState>)Conversations.Value).Remove(local));
        }
        var held = Hold(id);
        Change(held, () => ApplyPage(held, page), changes, durable: true);
    }

    /// <summary>Stores what changed of a conversation, together with what else belongs to it, and shows it.</summary>
    public Task Commit(HeldConversation held, List<StorageChange>? others = null, bool durable = false)
    {
        var changes = others ?? [];
        foreach (var (seq, e) in held.Log.TakeChanged())
            changes.Add(e is null ? Saved.Gone(Saved.Event(held.Id, seq)) : Saved.Put(Saved.Event(held.Id, seq), e));
        var form = new SavedConversation(held.Conversation, held.Log.Epoch, held.Log.Seq, held.Own, held.Told, held.Other);
        changes.Add(Saved.Put(Saved.Conversation(held.Id), form));
        Show(held);
        return _writer.Add(changes, durable);
    }

    public void Change(HeldConversation held, Action change, List<StorageChange>? others = null, bool durable = false)
    {
        change();
        var fresh = held.Log.TakeFresh();
        fresh.ForEach(held.Note);
        _ = Commit(held, others, durable);
        Feed.Add(fresh);
        if (fresh.Exists(Perspective.IsOthersMessage))
            MarksMoved?.Invoke(held.Id);
    }

    public Task FlushAsync() => _writer.FlushAsync();

    /// <summary>Leaves nothing, in memory or in the storage.</summary>
    public async Task WipeAsync(CancellationToken cancellationToken)
    {
        StorageWriter old;
        lock (Gate)
        {
            old = _writer;
            _held.Clear();
            _aliases.Clear();
            Outbox.Clear();
            (Session, PushDevice, DeviceId) = (null, null, Guid.NewGuid());
            Perspective = Perspective.Of(Perspective.Side);
            Conversations.Set(ImmutableDictionary<ConversationId, ConversationState>.Empty);
            ShowSession();
            _writer = new StorageWriter(_storage);
        }
        await old.FlushAsync();
        await _storage.WipeAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await Moments.DisposeAsync();
        await FlushAsync();
        await _storage.DisposeAsync();
    }

    /// <summary>A conversation that has an open item is not known to the server.</summary>
    private bool IsOnServer(HeldConversation held) => held.Log.Epoch > 0 || !Outbox.Opens(held.Id);

    private void ApplyPage(HeldConversation held, ConversationPage page)
    {
        held.Apply(page);
        foreach (var cursor in page.Cursors)
            Move(held, cursor.Side, cursor.OperatorId, new Marks(cursor.DeliveredSeq, cursor.ReadSeq));
    }

    private void Move(HeldConversation held, Side side, OperatorId? operatorId, Marks marks)
    {
        if (Perspective.IsOwn(side, operatorId))
            held.MoveOwn(marks, byOthers: PushDevice is not null);
        else if (side != Perspective.Side)
            held.MoveOther(marks);
    }

    /// <summary>Shows it as it is.</summary>
    public void Show(HeldConversation held)
    {
        var state = Timeline.Show(held, Outbox.Of(held.Id), Perspective, _time.GetUtcNow());
        Conversations.Set(((ImmutableDictionary<ConversationId, ConversationState>)Conversations.Value).SetItem(held.Id, state));
    }

    private void ShowSession() => SessionState.Set(new VisitorSessionState(Session?.VisitorId, Session?.Identified ?? false));

    private void Restore(Restored stored)
    {
        (DeviceId, Session, PushDevice) = (stored.DeviceId, stored.Session, stored.PushDevice);
        foreach (var (local, id) in stored.Aliases)
            _aliases[local] = id;
        foreach (var held in stored.Conversations)
            _held.Add(held.Id, held);
        Outbox.Restore(stored.Items);
        _held.Values.ToList().ForEach(Show);
        ShowSession();
    }
}
