using Chat.Contracts;

namespace Chat.Testing.Clients;

/// <summary>
/// An operator's copy of the lists he watches: a row with a higher seq replaces, a lower one is dropped. A first page also ends what it does not name,
/// except what came after it was asked for. Not safe for threads: its client guards it.
/// </summary>
public sealed class ClientList
{
    private readonly Dictionary<ConversationId, (InboxRow Row, int At)> _rows = [];
    private int _arrivals;

    /// <summary>What is shown: everything that is not closed.</summary>
    public IReadOnlyDictionary<ConversationId, InboxRow> Open =>
        _rows.Values.Where(r => r.Row.Status != ConversationStatus.Closed).ToDictionary(r => r.Row.ConversationId, r => r.Row);

    /// <summary>Every row that replaced or came new, in order: what an operator saw happen.</summary>
    public List<InboxRow> Shown { get; } = [];

    /// <summary>To be noted before a first page is asked for.</summary>
    public int Arrivals => _arrivals;

    public void Apply(InboxRow row)
    {
        _arrivals++;
        if (_rows.TryGetValue(row.ConversationId, out var known) && (known.Row.Epoch, known.Row.Seq).CompareTo((row.Epoch, row.Seq)) >= 0)
            return;
        _rows[row.ConversationId] = (row, _arrivals);
        Shown.Add(row);
    }

    /// <param name="page">A first page.</param>
    /// <param name="asked">The arrivals when it was asked for.</param>
    public void Apply(WatchResult page, int asked)
    {
        var named = page.Rows.Select(row => row.ConversationId).ToHashSet();
        foreach (var gone in _rows.Where(r => r.Value.At <= asked && !named.Contains(r.Key)).Select(r => r.Key).ToList())
            _rows.Remove(gone);
        foreach (var row in page.Rows)
            Apply(row);
    }

    /// <summary>Whether it is the list of everything stored that is not closed.</summary>
    public bool Shows(StoredLog log)
    {
        var open = Open;
        return open.Keys.All(id => !log.Closed.Contains(id))
            && log.Heads.All(head => log.Closed.Contains(head.Key) || open.GetValueOrDefault(head.Key)?.Seq >= head.Value);
    }
}
