using Chat.Contracts;
using Chat.Server.Storage;

namespace Chat.Server.Delivery;

/// <summary>An inbox that operators on this node watch: who, and which version of which row they have been given.</summary>
internal sealed class WatchedInbox
{
    // Guards every field below.
    private readonly Lock _gate = new();
    private readonly Dictionary<ConversationId, (int Epoch, int Seq)> _given = [];
    private readonly Dictionary<ConversationId, VisitorId> _visitors = [];
    private ClientConnection[] _watchers = [];
    private bool _started;

    public void Add(ClientConnection watcher)
    {
        lock (_gate)
        {
            if (Array.IndexOf(_watchers, watcher) < 0)
                _watchers = [.. _watchers, watcher];
        }
    }

    /// <summary>True when nobody is left.</summary>
    public bool Remove(ClientConnection watcher)
    {
        lock (_gate)
        {
            _watchers = Array.FindAll(_watchers, w => !ReferenceEquals(w, watcher));
            return _watchers.Length == 0;
        }
    }

    public void Start(int epoch, IEnumerable<OpenHead> heads)
    {
        lock (_gate)
        {
            if (_started)
                return;
            _started = true;
            foreach (var head in heads)
                _given.TryAdd(head.Id, (epoch, head.Seq));
        }
    }

    /// <summary>Notes a row's version; false when this version or a newer one has been given.</summary>
    public bool Learn(InboxRow row)
    {
        lock (_gate)
        {
            if (row.Status != ConversationStatus.Closed)
                _visitors[row.ConversationId] = row.Visitor.Id;
            else
                _visitors.Remove(row.ConversationId);
            if (_given.TryGetValue(row.ConversationId, out var known) && known.CompareTo((row.Epoch, row.Seq)) >= 0)
                return false;
            // A closed conversation needs no repair once its last row has been given.
            if (row.Status == ConversationStatus.Closed)
                _given.Remove(row.ConversationId);
            else
                _given[row.ConversationId] = (row.Epoch, row.Seq);
            return true;
        }
    }

    /// <summary>Conversations whose row is not the one last given: new, changed, or no longer open.</summary>
    public IReadOnlyList<ConversationId> Differing(int epoch, IReadOnlyDictionary<ConversationId, int> open)
    {
        lock (_gate)
        {
            var result = new List<ConversationId>();
            foreach (var (id, seq) in open)
            {
                if (!_given.TryGetValue(id, out var known) || known != (epoch, seq))
                    result.Add(id);
            }
            foreach (var id in _given.Keys)
            {
                if (!open.ContainsKey(id))
                    result.Add(id);
            }
            return result;
        }
    }

    /// <summary>See <see cref="InboxWatch.PushPresence"/>.</summary>
    public void PushPresence(IReadOnlyList<VisitorNotice> notices)
    {
        lock (_gate)
        {
            var told = notices.Where(notice => notice.Online || _given.ContainsKey(notice.Id)).ToList();
            foreach (var watcher in _watchers)
            {
                foreach (var together in told.Where(notice => watcher.Owner(notice.Id) is null).Chunk(InboxWatch.TogetherInFrame))
                    watcher.Outbound.Enqueue(Frame.Join(Array.ConvertAll(together, notice => notice.Frame)));
            }
        }
    }

    /// <summary>Visitors of the rows that were given here.</summary>
    public IReadOnlyList<(ConversationId Id, VisitorId Visitor)> Visitors()
    {
        lock (_gate)
            return [.. _visitors.Select(pair => (pair.Key, pair.Value))];
    }

    /// <summary>Rows that changed together: one write for each watcher.</summary>
    public void Push(IReadOnlyList<Frame> frames)
    {
        var joined = Frame.Join(frames);
        lock (_gate)
        {
            foreach (var watcher in _watchers)
                watcher.Outbound.Enqueue(joined);
        }
    }
}
