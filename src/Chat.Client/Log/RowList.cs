using System.Collections.Immutable;
using Chat.Contracts;

namespace Chat.Client;

/// <summary>The lists of the watched inboxes. Everything that is not closed.</summary>
internal sealed class RowList
{
    private readonly Lock _gate = new();
    private ImmutableDictionary<ConversationId, InboxRow> _rows = ImmutableDictionary<ConversationId, InboxRow>.Empty;

    // Rows that came since a Watch was asked for, with its answer and the pages after it or as pushes: the others may be closed.
    private HashSet<ConversationId> _fresh = [];

    public Store<IReadOnlyDictionary<ConversationId, InboxRow>> Rows { get; } =
        new(new RowMap(ImmutableDictionary<ConversationId, InboxRow>.Empty));

    /// <summary>Whether some inbox has more than is held.</summary>
    public Store<bool> HasMore { get; } = new(false);

    public void BeginWatch()
    {
        lock (_gate)
            _fresh = [];
    }

    /// <summary>Takes rows of an answer. A push may have brought newer ones.</summary>
    public void Apply(IEnumerable<InboxRow> rows)
    {
        lock (_gate)
        {
            var all = _rows;
            foreach (var row in rows)
            {
                _fresh.Add(row.ConversationId);
                all = Merge(all, row);
            }
            Show(all);
        }
    }

    public void Apply(InboxChange change) => Apply([change.Row with { InboxId = change.InboxId }]);

    /// <summary>All that was asked for has come: of rows held before, those that did not are dropped.</summary>
    public void EndWatch(bool hasMore)
    {
        lock (_gate)
        {
            Show(_rows.RemoveRange(_rows.Keys.Where(id => !_fresh.Contains(id))));
            HasMore.Set(hasMore);
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            Show(ImmutableDictionary<ConversationId, InboxRow>.Empty);
            HasMore.Set(false);
        }
    }

    public void End()
    {
        Rows.End();
        HasMore.End();
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
        Rows.Set(new RowMap(rows.RemoveRange(rows.Where(row => row.Value.Status == ConversationStatus.Closed).Select(row => row.Key))));
    }
}
