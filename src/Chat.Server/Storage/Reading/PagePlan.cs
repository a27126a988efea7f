using Chat.Contracts;

namespace Chat.Server.Storage.Reading;

/// <summary>The page of one conversation: which events it may have and how many bytes of them, known before they are read.</summary>
internal sealed class PagePlan
{
    private readonly ConversationRow _row;
    private readonly bool _isReset;
    private readonly bool _isNewest;

    private PagePlan(ConversationRow row, Cursor cursor, int epoch, int limit)
    {
        _row = row;
        _isReset = cursor.Seq > 0 && (cursor.Epoch != epoch || cursor.Seq > row.LastSeq);
        _isNewest = _isReset || cursor.Seq <= 0;
        First = _isNewest ? Math.Max(1, row.LastSeq - limit + 1) : cursor.Seq + 1;
        Last = Math.Min(row.LastSeq, First + limit - 1);
    }

    public ConversationId Id => _row.Id;

    public int First { get; private set; }

    public int Last { get; private set; }

    public int Count => Last - First + 1;

    /// <summary>Bytes of its events. The one that passes it is the last; there is always one.</summary>
    public int Room { get; private set; }

    /// <summary>From where room is filled: 1 from the first, -1 from the last.</summary>
    public int Way => _isNewest ? -1 : 1;

    public List<ChatEvent> Events { get; } = [];

    /// <summary>The pages of one ask; unknown conversations are left out.</summary>
    public static List<PagePlan> Of(PagesAsk ask, int epoch, Dictionary<ConversationId, ConversationRow> rows)
    {
        var pages = new List<PagePlan>(ask.Cursors.Count);
        foreach (var cursor in ask.Cursors.DistinctBy(c => c.ConversationId))
        {
            if (rows.TryGetValue(cursor.ConversationId, out var row))
                pages.Add(new PagePlan(row, cursor, epoch, ask.Limit));
        }
        Share(ask, pages);
        return pages;
    }

    public ConversationPage ToPage(int epoch, ILookup<ConversationId, SideCursor> sides) =>
        new()
        {
            Conversation = _row.ToConversation(),
            Epoch = epoch,
            Events = Events,
            Seq = _row.LastSeq,
            HasMore = _isNewest ? (Events is [var first, ..] ? first.Seq : Last + 1) > 1 : First + Events.Count <= _row.LastSeq,
            Reset = _isReset,
            Cursors = [.. sides[_row.Id]],
        };

    /// <summary>As <see cref="LogSql.Ranges"/> takes it in SQLite.</summary>
    public string ToJson(int ask, int most) => $"[\"{Id}\",{First},{Last},{Way},{Room},{ask},{most}]";

    /// <summary>Pages share the answer's room evenly; what those with few events leave goes to those with many.</summary>
    private static void Share(PagesAsk ask, IEnumerable<PagePlan> pages)
    {
        var sharing = pages.Where(page => page.Count > 0).OrderBy(page => page.Count).ToList();
        var left = ask.Bytes;
        for (var i = 0; i < sharing.Count; i++)
        {
            var page = sharing[i];
            page.SetRoom(left / (sharing.Count - i));
            left -= Math.Min(left, Math.Min(page.Room, page.Count * 2 * LogSql.EventBytes));
        }
    }

    private void SetRoom(int share)
    {
        Room = Math.Max(share, _isNewest ? ReadBytes.Newest : 1);
        // Not even their lengths need to be read of more.
        var count = (Room + LogSql.EventBytes - 1) / LogSql.EventBytes;
        if (_isNewest)
            First = Math.Max(First, Last - count + 1);
        else
            Last = Math.Min(Last, First + count - 1);
    }
}
