using Chat.Contracts;

namespace Chat.Testing.Clients;

/// <summary>
/// A client's copy of one conversation by client rule 1: applies seq = last + 1, drops smaller ones, keeps larger ones and wants a Sync, starts again on
/// a reset. Its projection (messages as they stand) is what oracles compare with the stored log.
/// </summary>
public sealed class ClientLog(ConversationId id)
{
    private readonly SortedDictionary<int, ChatEvent> _ahead = [];
    private readonly SortedDictionary<int, ChatEvent> _events = [];
    private bool _started;

    public ConversationId Id { get; } = id;

    public int Epoch { get; private set; }

    /// <summary>Highest contiguous seq.</summary>
    public int Seq { get; private set; }

    /// <summary>Seq of the first event held: a snapshot may start later than 1.</summary>
    public int First { get; private set; } = 1;

    public Conversation? Conversation { get; private set; }

    public bool HasHole => _ahead.Count > 0;

    public Cursor Cursor => new(Id, Epoch, Seq);

    public IReadOnlyCollection<ChatEvent> Events => _events.Values;

    /// <summary>Every event applied, in the order of applying, repeats and holes included if there were any: what a user saw happen.</summary>
    public List<int> Applied { get; } = [];

    /// <summary>A staff event as visitors hold it.</summary>
    public static ChatEvent EventOf(Skip skip) =>
        new()
        {
            ConversationId = skip.ConversationId,
            Epoch = skip.Epoch,
            Seq = skip.Seq,
            Type = EventType.Skip,
        };

    public void Apply(ConversationPage page)
    {
        Conversation = page.Conversation;
        if (page.Reset || !_started)
            Restart(page);
        foreach (var e in page.Events)
            Apply(e);
    }

    /// <summary>True: applied, or already here. False: kept ahead of a hole, or of another epoch.</summary>
    public bool Apply(ChatEvent e)
    {
        if (!_started || e.Epoch != Epoch)
        {
            // Before the first page, and after an epoch that this client has not heard of: wait for a snapshot.
            if (e.Epoch >= Epoch)
                _ahead[e.Seq] = e;
            return false;
        }
        if (e.Seq > Seq + 1)
        {
            _ahead.TryAdd(e.Seq, e);
            return false;
        }
        if (e.Seq == Seq + 1)
            Append(e);
        while (_ahead.TryGetValue(Seq + 1, out var next))
        {
            Append(next);
        }
        foreach (var seq in _ahead.Keys.Where(seq => seq <= Seq).ToList())
            _ahead.Remove(seq);
        return _ahead.Count == 0;
    }

    private void Restart(ConversationPage page)
    {
        _started = true;
        Epoch = page.Epoch;
        _events.Clear();
        Applied.Clear();
        foreach (var seq in _ahead.Where(a => a.Value.Epoch != Epoch).Select(a => a.Key).ToList())
            _ahead.Remove(seq);
        First = page.Events.Count > 0 ? page.Events[0].Seq : page.Seq + 1;
        Seq = First - 1;
    }

    private void Append(ChatEvent e)
    {
        _ahead.Remove(e.Seq);
        Seq = e.Seq;
        Applied.Add(e.Seq);
        _events[e.Seq] = e;
        if (e.Data?.TargetSeq is not { } target)
            return;
        if (e.Type == EventType.Deleted)
            Erase(target, e.Seq);
        else if (e.Type == EventType.Edited)
            Edit(target, e);
    }

    private void Edit(int target, ChatEvent edit)
    {
        if (
            !_events.TryGetValue(target, out var message)
            || message.Data is not { DeletedSeq: null } data
            || edit.Seq <= (data.EditedSeq ?? 0)
        )
            return;
        // The text of an edit whose message was deleted meanwhile is gone; the deletion comes later in this log.
        var body = edit.Data!.DeletedSeq is null ? edit.Data.Body : data.Body;
        _events[target] = message with { Data = data with { Body = body, EditedSeq = edit.Seq } };
    }

    /// <summary>Erases the message where it is held, and its edits: they may be held without it, after a snapshot.</summary>
    private void Erase(int target, int by)
    {
        var erased = _events.Values.Where(e => e.Seq == target || (e.Type == EventType.Edited && e.Data?.TargetSeq == target)).ToList();
        foreach (var e in erased.Where(e => e.Data is not null))
            _events[e.Seq] = e with { Data = e.Data! with { Body = null, DeletedSeq = by } };
    }
}
