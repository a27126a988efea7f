using Chat.Contracts;

namespace Chat.Conformance.Mutants.Client;

/// <summary>An operator's list: what is not closed in the inboxes that are watched.</summary>
internal sealed class Rows
{
    private readonly Dictionary<ConversationId, InboxRow> _rows = [];

    // What pushes have brought while a Watch was asked for: its answer may be older.
    private readonly HashSet<ConversationId> _pushed = [];

    public IReadOnlyList<InboxRow> Shown =>
        [.. _rows.Values.Where(row => row.Status != ConversationStatus.Closed || Mutant.Has(Defect.ClosedRowsStay))];

    /// <summary>Some inbox has more than the answer had.</summary>
    public bool HasMore { get; private set; }

    public void BeginWatch() => _pushed.Clear();

    public void Apply(WatchResult answer)
    {
        foreach (var id in _rows.Keys.Where(id => !_pushed.Contains(id)).ToList())
            _rows.Remove(id);
        foreach (var row in answer.Rows)
        {
            if (Mutant.Has(Defect.WatchAnswerWins))
                _rows[row.ConversationId] = row;
            else
                Merge(row);
        }
        HasMore = answer.HasMore;
    }

    public void Apply(InboxChange change)
    {
        if (Mutant.Has(Defect.RowPushesIgnored))
            return;
        _pushed.Add(change.Row.ConversationId);
        Merge(change.Row with { InboxId = change.InboxId, ReadSeq = _rows.GetValueOrDefault(change.Row.ConversationId)?.ReadSeq });
    }

    public void Move(CursorMoved cursor)
    {
        if (_rows.TryGetValue(cursor.ConversationId, out var row))
            _rows[cursor.ConversationId] = row with { ReadSeq = Math.Max(row.ReadSeq ?? 0, cursor.ReadSeq) };
    }

    // A lower seq of the same log is older, and of another log it says nothing.
    private void Merge(InboxRow row)
    {
        var isOlder = _rows.TryGetValue(row.ConversationId, out var held) && held.Epoch == row.Epoch && held.Seq > row.Seq;
        if (!isOlder || Mutant.Has(Defect.OlderRowWins))
            _rows[row.ConversationId] = row;
    }
}
