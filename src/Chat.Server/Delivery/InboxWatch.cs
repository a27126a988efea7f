using System.Collections.Concurrent;
using System.Threading.Channels;
using Chat.Contracts;
using Chat.Server.Hosting;
using Chat.Server.Storage;

namespace Chat.Server.Delivery;

/// <summary>
/// Operators' lists. An event only marks its conversation's row as touched; the rows are then read from the database, many at once, and pushed to
/// those who watch the inbox here. So a row is always the truth, and a busy conversation costs a watcher ten rows a second and not a row a message.
/// </summary>
internal sealed class InboxWatch(IEventLog log, TimeProvider time, ILogger<InboxWatch> logger) : BackgroundLoop(time, logger)
{
    /// <summary>Rows of one conversation come at most this often.</summary>
    internal static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);

    private const int RowsAtOnce = 500;

    private static readonly TimeSpan UnreadPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan UnreadablePause = TimeSpan.FromSeconds(15);

    /// <summary>Rows, of some 600 bytes, or less that go together: far below what may wait for one socket.</summary>
    internal const int TogetherInFrame = 50;

    private readonly ConcurrentDictionary<InboxId, WatchedInbox> _inboxes = new();
    private readonly ConcurrentDictionary<ConversationId, bool> _touched = new();

    // One permit: somebody touched a row.
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(1);

    // Both of the loop alone: batches whose read failed, and single rows that a fault of this server keeps from being read.
    private readonly Unread _unread = new(time, UnreadPause);
    private readonly Unread _unreadable = new(time, UnreadablePause);

    // Guards joining and leaving.
    private readonly Lock _gate = new();

    public IReadOnlyCollection<InboxId> Watched => (IReadOnlyCollection<InboxId>)_inboxes.Keys;

    /// <summary>Replaces what a connection watches. To be called before its rows are read.</summary>
    public void Follow(ClientConnection watcher, IReadOnlyList<InboxId> inboxes)
    {
        lock (_gate)
        {
            foreach (var inbox in watcher.Watched.Except(inboxes))
                Remove(watcher, inbox);
            foreach (var inbox in inboxes)
                _inboxes.GetOrAdd(inbox, static _ => new WatchedInbox()).Add(watcher);
            watcher.Watched = inboxes;
        }
    }

    public void Touch(InboxId inbox, ConversationId conversation)
    {
        if (_inboxes.ContainsKey(inbox) && _touched.TryAdd(conversation, true))
            _signal.Writer.TryWrite(true);
    }

    /// <summary>
    /// Compares with the heads of everything not closed in the watched inboxes, and touches what differs from what was last pushed: a row can be late
    /// but never missing.
    /// </summary>
    public void Compare(OpenHeadsResult heads)
    {
        var open = heads.Heads.GroupBy(h => h.InboxId).ToDictionary(g => g.Key, g => g.ToDictionary(h => h.Id, h => h.Seq));
        foreach (var (inbox, watched) in _inboxes)
        {
            foreach (var conversation in watched.Differing(heads.Epoch, open.GetValueOrDefault(inbox) ?? []))
                Touch(inbox, conversation);
        }
    }

    /// <summary>
    /// First of an inbox's watchers here: what is open now counts as given, since he reads his first page after this; what changes from now on is
    /// pushed. Inboxes that had a watcher before keep what they know.
    /// </summary>
    public void Start(OpenHeadsResult heads)
    {
        foreach (var group in heads.Heads.ToLookup(h => h.InboxId))
        {
            if (_inboxes.TryGetValue(group.Key, out var watched))
                watched.Start(heads.Epoch, group);
        }
    }

    /// <summary>Rows that were just read for one watcher: where they are news for the others, these get them now.</summary>
    public void Given(InboxId inbox, IEnumerable<InboxRow> rows)
    {
        if (_inboxes.TryGetValue(inbox, out var watched))
            Push(watched, rows.Select(row => new InboxChange(inbox, row)));
    }

    /// <summary>
    /// Visitors came or left: for those who watch the inbox and do not follow the conversation, since these have heard it there. That one left concerns
    /// only conversations that they have a row of; one that he has just opened may be told of before its row.
    /// </summary>
    public void PushPresence(InboxId inbox, IReadOnlyList<VisitorNotice> notices)
    {
        if (_inboxes.TryGetValue(inbox, out var watched))
            watched.PushPresence(notices);
    }

    /// <summary>What is known of the visitors of each watched inbox, for presence.</summary>
    public IReadOnlyDictionary<InboxId, WatchedInbox> All => _inboxes;

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        while (await _signal.Reader.WaitToReadAsync(stoppingToken))
        {
            _signal.Reader.TryRead(out _);
            await ReadAsync(TakeTouched(), stoppingToken);
            foreach (var batch in _unread.TakeDue().Concat(_unreadable.TakeDue()))
                await ReadAsync(batch, stoppingToken);
            if (!_unread.IsEmpty || !_unreadable.IsEmpty)
                _signal.Writer.TryWrite(true);
            await Task.Delay(Pace, Time, stoppingToken);
        }
    }

    private async Task ReadAsync(IReadOnlyList<ConversationId> ids, CancellationToken stoppingToken)
    {
        if (ids.Count == 0)
            return;
        var round = await AttemptAsync(cancellation => PushAsync(ids, cancellation), stoppingToken);
        if (round == RoundEnd.Fault && ids.Count == 1)
            _unreadable.Add(ids);
        else if (round != RoundEnd.Done)
            _unread.Add(ids);
    }

    private List<ConversationId> TakeTouched()
    {
        var ids = new List<ConversationId>();
        foreach (var (id, _) in _touched)
        {
            // Taken off before the read: what is touched during it is read again.
            if (_touched.TryRemove(id, out _) && !_unread.Contains(id) && !_unreadable.Contains(id))
                ids.Add(id);
            if (ids.Count == RowsAtOnce)
            {
                _signal.Writer.TryWrite(true);
                break;
            }
        }
        return ids;
    }

    private async Task PushAsync(IReadOnlyList<ConversationId> ids, CancellationToken cancellation)
    {
        foreach (var changes in (await log.ReadRowsAsync(ids, cancellation)).GroupBy(change => change.InboxId))
        {
            if (_inboxes.TryGetValue(changes.Key, out var watched))
                Push(watched, changes);
        }
    }

    private static void Push(WatchedInbox watched, IEnumerable<InboxChange> changes)
    {
        foreach (var together in changes.Where(change => watched.Learn(change.Row)).Chunk(TogetherInFrame))
            watched.Push(Array.ConvertAll(together, change => Frame.Of(Contracts.Push.Inbox, change, ChatJson.Wire.InboxChange)));
    }

    private void Remove(ClientConnection watcher, InboxId inbox)
    {
        if (_inboxes.TryGetValue(inbox, out var watched) && watched.Remove(watcher))
            _inboxes.TryRemove(inbox, out _);
    }

    /// <summary>Rows whose read failed, in ever smaller batches, so that one of them does not keep the others; read again after a pause, touched or not.</summary>
    private sealed class Unread(TimeProvider time, TimeSpan pause)
    {
        private readonly HashSet<ConversationId> _ids = [];
        private List<IReadOnlyList<ConversationId>> _batches = [];
        private long _takenAt = time.GetTimestamp();

        public bool IsEmpty => _batches.Count == 0;

        public bool Contains(ConversationId id) => _ids.Contains(id);

        public void Add(IReadOnlyList<ConversationId> batch)
        {
            _ids.UnionWith(batch);
            _batches.AddRange(batch.Chunk((batch.Count + 1) / 2));
        }

        public List<IReadOnlyList<ConversationId>> TakeDue()
        {
            if (IsEmpty || time.GetElapsedTime(_takenAt) < pause)
                return [];
            _takenAt = time.GetTimestamp();
            var due = _batches;
            _batches = [];
            _ids.Clear();
            return due;
        }
    }
}
