using System.Collections.Immutable;
using Chat.Contracts;

namespace Chat.Client;

/// <summary>The lists of the watched inboxes. Everything that is not closed.</summary>
internal sealed class RowList
{
    private readonly Lock _gate = new();
    private ImmutableDictionary<ConversationId, InboxRow> _rows = ImmutableDictionary<ConversationId, InboxRow>.Empty;

    // Rows that came as pushes while a Watch was asked for: its answer may be older than they are.
    private HashSet<ConversationId> _fresh = [];

    public Store<IReadOnlyDictionary<ConversationId, InboxRow>> Rows { get; } = new(ImmutableDictionary<ConversationId, InboxRow>.Empty);

    public void BeginWatch()
    {
        lock (_gate)
            _fresh = [];
    }

    public void Apply(WatchResult page)
    {
        lock (_gate)
        {
            var rows = _rows.Where(row => _fresh.Contains(row.Key)).ToImmutableDictionary();
            foreach (var row in page.Rows)
                rows = Merge(rows, row);
            Show(rows);
        }
    }

    public void Apply(InboxChange change)
    {
        lock (_gate)
        {
            _fresh.Add(change.Row.ConversationId);
            Show(Merge(_rows, change.Row with { InboxId = change.InboxId }));
        }
    }

    public void Clear()
    {
        lock (_gate)
            Show(ImmutableDictionary<ConversationId, InboxRow>.Empty);
    }

    private static ImmutableDictionary<ConversationId, InboxRow> Merge(ImmutableDictionary<ConversationId, InboxRow> rows, InboxRow row)
    {
        if (rows.TryGetValue(row.ConversationId, out var known) && known.Epoch == row.Epoch && known.Seq > row.Seq)
            return rows;
        return rows.SetItem(row.ConversationId, row);
    }

    private void Show(ImmutableDictionary<ConversationId, InboxRow> rows)
    {
        _rows = rows;
        Rows.Set(rows.RemoveRange(rows.Where(row => row.Value.Status == ConversationStatus.Closed).Select(row => row.Key)));
    }
}
