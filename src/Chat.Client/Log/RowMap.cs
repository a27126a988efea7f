using System.Collections;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Chat.Contracts;

namespace Chat.Client;

/// <summary>Rows by conversation; as entries those come first whose visitors have waited longest, and last those that wait for nothing. Immutable.</summary>
internal sealed class RowMap : IReadOnlyDictionary<ConversationId, InboxRow>
{
    private readonly ImmutableDictionary<ConversationId, InboxRow> _rows;
    private readonly Lazy<List<KeyValuePair<ConversationId, InboxRow>>> _ordered;

    public RowMap(ImmutableDictionary<ConversationId, InboxRow> rows)
    {
        _rows = rows;
        _ordered = new Lazy<List<KeyValuePair<ConversationId, InboxRow>>>(() =>
            [
                .. rows.OrderBy(row => row.Value.WaitingSince ?? DateTimeOffset.MaxValue)
                    .ThenBy(row => row.Value.OpenedAt)
                    .ThenBy(row => row.Key.Value),
            ]
        );
    }

    public int Count => _rows.Count;

    public IEnumerable<ConversationId> Keys => _ordered.Value.Select(row => row.Key);

    public IEnumerable<InboxRow> Values => _ordered.Value.Select(row => row.Value);

    public InboxRow this[ConversationId key] => _rows[key];

    public bool ContainsKey(ConversationId key) => _rows.ContainsKey(key);

    public bool TryGetValue(ConversationId key, [MaybeNullWhen(false)] out InboxRow value) => _rows.TryGetValue(key, out value);

    public IEnumerator<KeyValuePair<ConversationId, InboxRow>> GetEnumerator() => _ordered.Value.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
