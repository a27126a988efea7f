using Chat.Contracts;

namespace Chat.Client;

/// <summary>
/// The copy of one conversation's log. Invariant: the events held are those from <see cref="First"/> to <see cref="Seq"/> without holes, messages as they
/// stand now; what came ahead of a hole waits apart. Not thread-safe: the model guards it.
/// </summary>
internal sealed class ConversationLog
{
    // By epoch, then seq: what waits of a log to come is not hidden by what still comes of the one that is held.
    private readonly SortedDictionary<(int Epoch, int Seq), ChatEvent> _ahead = [];
    private readonly SortedDictionary<int, ChatEvent> _events = [];
    private readonly HashSet<int> _changed = [];
    private readonly List<int> _fresh = [];

    /// <summary>Generation of the log. 0: nothing is held.</summary>
    public int Epoch { get; private set; }

    /// <summary>Highest contiguous seq.</summary>
    public int Seq { get; private set; }

    /// <summary>Seq of the first event held.</summary>
    public int First { get; private set; } = 1;

    /// <summary>Something is known to be missing: a Sync must bring it.</summary>
    public bool HasHole => _ahead.Count > 0;

    public bool HasOlder => Epoch > 0 && First > 1;

    /// <summary>Ascending, without holes.</summary>
    public IReadOnlyCollection<ChatEvent> Events => _events.Values;

    /// <summary>What waits for those before it, ascending.</summary>
    public IReadOnlyCollection<ChatEvent> Ahead => _ahead.Values;

    public ChatEvent? Find(int seq) => _events.GetValueOrDefault(seq);

    /// <summary>The event that its sender named so, also while it waits for what is missing before it.</summary>
    public ChatEvent? Find(Guid clientId) => _events.Values.Concat(_ahead.Values).FirstOrDefault(e => e.ClientId == clientId);

    /// <summary>Takes what was stored, of which only the newest is kept.</summary>
    public void Restore(int epoch, int seq, IEnumerable<ChatEvent> stored, int keep)
    {
        (Epoch, Seq, First) = (epoch, seq, seq + 1);
        var byNewest = stored.Where(e => e.Epoch == epoch && e.Seq <= seq).OrderByDescending(e => e.Seq);
        foreach (var e in byNewest)
        {
            // Events before a gap, which only a fault could have made, are fetched again when they are wanted.
            if (e.Seq != First - 1 || _events.Count == keep)
                _changed.Add(e.Seq);
            else
                (_events[e.Seq], First) = (e, e.Seq);
        }
    }

    /// <summary>Takes an event in its place. False: it waits for what is missing before it.</summary>
    public bool Apply(ChatEvent e)
    {
        if (Epoch == 0 || e.Epoch != Epoch)
        {
            // Nothing can be said of it before a page of its epoch is here. One of an earlier epoch is void.
            if (e.Epoch >= Epoch)
                _ahead[(e.Epoch, e.Seq)] = e;
            return e.Epoch < Epoch;
        }
        if (e.Seq > Seq)
            _ahead.TryAdd((e.Epoch, e.Seq), e);
        AppendWhatFits();
        return !HasHole;
    }

    /// <summary>Takes an answer of Hello, Sync or Open.</summary>
    public void Apply(ConversationPage page)
    {
        // Epochs only grow: an earlier one is that of an answer to an earlier question, or of who has not heard of the log that is held.
        if (page.Epoch < Epoch)
            return;
        if (page.Reset || page.Epoch > Epoch)
            Replace(page);
        else
            Take(page.Events);
    }

    /// <summary>Takes events from before the first one held. They are as they stood when they were read: what changed them since is held.</summary>
    public void ApplyOlder(HistoryResult page)
    {
        if (page.Epoch != Epoch)
            return;
        var before = First;
        foreach (var e in page.Events.Reverse().SkipWhile(e => e.Seq >= First).TakeWhile(e => e.Seq == First - 1))
        {
            (_events[e.Seq], First) = (e, e.Seq);
            _changed.Add(e.Seq);
        }
        foreach (var change in _events.Values.Where(e => e.Data?.TargetSeq is { } target && target >= First && target < before).ToList())
            Fold(change);
    }

    /// <summary>Events that differ from what was taken last time: a null one is held no longer.</summary>
    public IEnumerable<(int Seq, ChatEvent? Event)> TakeChanged()
    {
        var changed = _changed.Select(seq => (seq, _events.GetValueOrDefault(seq))).ToList();
        _changed.Clear();
        return changed;
    }

    /// <summary>
    /// Events that were appended since the last time, ascending, as they stand now. Those that another generation of the log had too are not
    /// among them.
    /// </summary>
    public List<ChatEvent> TakeFresh()
    {
        var fresh = _fresh.ConvertAll(seq => _events[seq]);
        _fresh.Clear();
        return fresh;
    }

    private void Replace(ConversationPage page)
    {
        var (first, old) = (First, _events.ToDictionary());
        Restart(page);
        Take(page.Events);
        // Nor are those from before the first one that was held.
        _fresh.RemoveAll(seq => seq < first || (old.TryGetValue(seq, out var known) && IsSame(known, _events[seq])));
    }

    // A lost event's place may be taken by another one, or by the same change made once more.
    private static bool IsSame(ChatEvent a, ChatEvent b) => a.ClientId == b.ClientId && a.At == b.At;

    private void Restart(ConversationPage page)
    {
        _changed.UnionWith(_events.Keys);
        _events.Clear();
        _fresh.Clear();
        Epoch = page.Epoch;
        First = page.Events.Count > 0 ? page.Events[0].Seq : page.Seq + 1;
        Seq = First - 1;
    }

    private void Take(IEnumerable<ChatEvent> events)
    {
        foreach (var e in events.Where(e => e.Seq > Seq))
            _ahead[(e.Epoch, e.Seq)] = e;
        AppendWhatFits();
    }

    private void AppendWhatFits()
    {
        while (_ahead.Remove((Epoch, Seq + 1), out var next))
            Append(next);
        while (_ahead.Count > 0 && _ahead.First().Key is var place && place.CompareTo((Epoch, Seq)) <= 0)
            _ahead.Remove(place);
    }

    private void Append(ChatEvent e)
    {
        Seq = e.Seq;
        _fresh.Add(e.Seq);
        Put(e);
        Fold(e);
    }

    private void Fold(ChatEvent change)
    {
        if (change.Data?.TargetSeq is not { } target)
            return;
        if (change.Type == EventType.Deleted)
            Erase(target, change.Seq);
        else if (change.Type == EventType.Edited)
            Edit(target, change);
    }

    private void Edit(int target, ChatEvent edit)
    {
        var isLater = Find(target)?.Data is { DeletedSeq: null } held && edit.Seq > (held.EditedSeq ?? 0);
        if (!isLater)
            return;
        var message = Find(target)!;
        // Without a text its message was deleted meanwhile; the deletion comes later in this log.
        var body = edit.Data!.DeletedSeq is null ? edit.Data.Body : message.Data!.Body;
        Put(message with { Data = message.Data! with { Body = body, EditedSeq = edit.Seq } });
    }

    // Its edits too: they may be held without it, after a snapshot.
    private void Erase(int target, int by)
    {
        var erased = _events.Values.Where(e => e.Seq == target || (e.Type == EventType.Edited && e.Data?.TargetSeq == target)).ToList();
        foreach (var e in erased.Where(e => e.Data is not null))
            Put(e with { Data = e.Data! with { Body = null, DeletedSeq = by } });
    }

    private void Put(ChatEvent e)
    {
        _events[e.Seq] = e;
        _changed.Add(e.Seq);
    }
}
