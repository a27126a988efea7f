using Chat.Contracts;

namespace Chat.Conformance.Mutants.Client;

/// <summary>
/// The copy of one conversation's log: the events from <see cref="First"/> to <see cref="Seq"/> without holes, messages as they stand now. What came ahead of a
/// hole waits apart.
/// </summary>
internal sealed class EventLog
{
    private readonly List<ChatEvent> _events = [];
    private readonly SortedDictionary<int, ChatEvent> _ahead = [];
    private readonly List<ChatEvent> _fresh = [];
    private bool _hasOlderPage;

    /// <summary>Generation of the log. 0: nothing is held.</summary>
    public int Epoch { get; private set; }

    /// <summary>Highest contiguous seq.</summary>
    public int Seq { get; private set; }

    /// <summary>Seq of the first event held.</summary>
    public int First { get; private set; } = 1;

    /// <summary>Something before what has come is missing.</summary>
    public bool HasHole => _ahead.Count > 0 && !Mutant.Has(Defect.HoleIsWaitedOut);

    public bool HasOlder => Epoch > 0 && First > 1 && !(_hasOlderPage && Mutant.Has(Defect.HistoryOnePageOnly));

    public IReadOnlyList<ChatEvent> Events => _events;

    public void Restore(int epoch, int seq, IReadOnlyList<ChatEvent> events)
    {
        (Epoch, Seq, First) = (epoch, seq, seq - events.Count + 1);
        _events.AddRange(events);
    }

    public void Apply(ChatEvent e)
    {
        if (
            Mutant.Has(Defect.OlderEditWins)
            && e is { Type: EventType.Edited, Data.Body: { } text }
            && IndexOf(e.Data.TargetSeq) is >= 0 and var at
        )
            _events[at] = _events[at] with { Data = _events[at].Data! with { Body = text, EditedSeq = e.Seq } };
        // Of another epoch nothing can be said before its page is here. What is of an earlier one is void.
        if (e.Epoch < Epoch)
            return;
        if (Epoch > 0 && e.Epoch == Epoch && TakeWrongly(e))
            return;
        if (e.Epoch > Epoch || e.Seq > Seq)
            _ahead[e.Seq] = e;
        AppendWhatFits();
    }

    /// <summary>Takes an answer of Hello, Sync, Open or OpenConversation. That to an earlier question may come after that to a later one.</summary>
    public void Apply(ConversationPage page)
    {
        if (page.Epoch < Epoch)
            return;
        var isOther = page.Reset || page.Epoch != Epoch;
        if (Epoch == 0 || (isOther && !Mutant.Has(Defect.ResetIgnored)))
            Restart(page);
        foreach (var e in page.Events)
            Apply(e);
    }

    /// <summary>Takes what is before the first event held.</summary>
    public void ApplyOlder(HistoryResult page)
    {
        if (page.Epoch != Epoch)
            return;
        _hasOlderPage = true;
        foreach (var e in page.Events.Reverse().Where(e => e.Seq < First))
        {
            if (e.Seq != First - 1)
                return;
            _events.Insert(0, e);
            First = e.Seq;
        }
    }

    /// <summary>The missing events are not the caller's to see any more.</summary>
    public void GiveUpHole() => _ahead.Clear();

    /// <summary>What was appended since the last time, ascending.</summary>
    public IReadOnlyList<ChatEvent> TakeFresh()
    {
        var fresh = _fresh.ToList();
        _fresh.Clear();
        return fresh;
    }

    // True: a defect has had its way.
    private bool TakeWrongly(ChatEvent e)
    {
        var isUncounted = e.Type == EventType.Skip && Mutant.Has(Defect.SkipsNotCounted);
        var isForced =
            (e.Seq <= Seq && Mutant.Has(Defect.RepeatsApplied))
            || (e.Seq > Seq + 1 && Mutant.Has(Defect.HolesIgnored))
            || (Mutant.Has(Defect.AppliedAsTheyCome) && IndexOf(e.Seq) < 0);
        if (isForced && !isUncounted)
            Append(e);
        return isUncounted || isForced;
    }

    private void Restart(ConversationPage page)
    {
        if (!Mutant.Has(Defect.EpochKeepsWhatIsHeld) || Epoch == 0)
        {
            _events.Clear();
            First = page.Events.Count > 0 ? page.Events[0].Seq : page.Seq + 1;
            Seq = First - 1;
        }
        Epoch = page.Epoch;
        foreach (var seq in _ahead.Where(a => a.Value.Epoch != Epoch).Select(a => a.Key).ToList())
            _ahead.Remove(seq);
    }

    private void AppendWhatFits()
    {
        while (_ahead.TryGetValue(Seq + 1, out var next) && next.Epoch == Epoch)
            Append(next);
        foreach (var seq in _ahead.Where(a => a.Key <= Seq && a.Value.Epoch <= Epoch).Select(a => a.Key).ToList())
            _ahead.Remove(seq);
    }

    private void Append(ChatEvent e)
    {
        _ahead.Remove(e.Seq);
        Seq = Math.Max(Seq, e.Seq);
        _events.Add(e);
        _fresh.Add(e);
        if (e.Type == EventType.Edited && !Mutant.Has(Defect.EditsNotApplied) && !Mutant.Has(Defect.OlderEditWins))
            Edit(IndexOf(e.Data?.TargetSeq), e);
        if (e.Type == EventType.Deleted && !Mutant.Has(Defect.DeletionsNotApplied))
            Erase(e);
    }

    private void Edit(int at, ChatEvent edit)
    {
        if (at < 0 || _events[at].Data is not { DeletedSeq: null } data || edit.Seq <= (data.EditedSeq ?? 0))
            return;
        if (data.EditedSeq is not null && Mutant.Has(Defect.FirstEditWins))
            return;
        // Without a text its message was deleted meanwhile; the deletion comes later in this log.
        var body = edit.Data!.DeletedSeq is null ? edit.Data.Body : data.Body;
        _events[at] = _events[at] with { Data = data with { Body = body, EditedSeq = edit.Seq } };
    }

    // The texts of its edits too, which may be held without it.
    private void Erase(ChatEvent deletion)
    {
        var target = deletion.Data?.TargetSeq;
        for (var i = 0; i < _events.Count; i++)
        {
            var e = _events[i];
            if (e.Seq == target || (e.Type == EventType.Edited && e.Data?.TargetSeq == target))
                _events[i] = e with { Data = (e.Data ?? new EventData()) with { Body = null, DeletedSeq = deletion.Seq } };
        }
    }

    private int IndexOf(int? seq) => _events.FindIndex(e => e.Seq == seq);
}
