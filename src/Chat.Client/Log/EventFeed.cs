using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Chat.Contracts;

namespace Chat.Client;

/// <summary>Hands every event that a log takes to whoever reads along, and tells whoever reads logs by themselves which of them have changed.</summary>
internal sealed class EventFeed
{
    // What a reader may be behind; then it is told so, since a gap that nobody notices is worse.
    private const int Capacity = 10_000;

    private readonly Lock _gate = new();

    // Guarded by the gate, as are all here.
    private readonly List<Channel<ChatEvent>> _readers = [];
    private readonly List<ChangedLogs> _watchers = [];
    private bool _hasEnded;
    private Exception? _ending;

    public void Add(ConversationId id, IEnumerable<ChatEvent> events)
    {
        lock (_gate)
        {
            _watchers.ForEach(watcher => watcher.Add(id));
            if (_readers.Count == 0)
                return;
            foreach (var e in events)
                _readers.RemoveAll(reader => !reader.Writer.TryWrite(e) && reader.Writer.TryComplete(Overflow()));
        }
    }

    /// <summary>The logs of these are to be looked at, whether they have changed or not.</summary>
    public void Touch(IEnumerable<ConversationId> ids)
    {
        lock (_gate)
        {
            foreach (var id in ids)
                _watchers.ForEach(watcher => watcher.Add(id));
        }
    }

    /// <summary>There will be no more: streams end, with the reason where there is one. Those that begin now end so too, until <see cref="Resume"/>.</summary>
    public void End(Exception? reason)
    {
        lock (_gate)
        {
            // What has ended for good may be stopped too.
            (_hasEnded, _ending) = (true, _ending ?? reason);
            _readers.ForEach(reader => reader.Writer.TryComplete(reason));
            _watchers.ForEach(watcher => watcher.End(reason));
            _readers.Clear();
            _watchers.Clear();
        }
    }

    /// <summary>The client was started anew.</summary>
    public void Resume()
    {
        lock (_gate)
            (_hasEnded, _ending) = (false, null);
    }

    public async IAsyncEnumerable<ChatEvent> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = Channel.CreateBounded<ChatEvent>(new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.Wait });
        lock (_gate)
        {
            _readers.Add(reader);
            if (_hasEnded)
                reader.Writer.TryComplete(_ending);
        }
        try
        {
            await foreach (var e in reader.Reader.ReadAllAsync(cancellationToken))
                yield return e;
        }
        finally
        {
            lock (_gate)
                _readers.Remove(reader);
        }
    }

    /// <summary>Hears of changed logs from now on, until <see cref="Unwatch"/>.</summary>
    public ChangedLogs Watch()
    {
        var watcher = new ChangedLogs();
        lock (_gate)
        {
            _watchers.Add(watcher);
            if (_hasEnded)
                watcher.End(_ending);
        }
        return watcher;
    }

    public void Unwatch(ChangedLogs watcher)
    {
        lock (_gate)
            _watchers.Remove(watcher);
    }

    private static ChatException Overflow() => new("overflow", $"The reader was {Capacity} events behind.");
}

/// <summary>Conversations whose logs are to be looked at, in the order in which they changed; one that waits to be looked at waits once.</summary>
internal sealed class ChangedLogs
{
    private readonly Lock _gate = new();
    private readonly HashSet<ConversationId> _waiting = [];
    private readonly Channel<ConversationId> _order = Channel.CreateUnbounded<ConversationId>();

    public void Add(ConversationId id)
    {
        lock (_gate)
        {
            if (_waiting.Add(id))
                _order.Writer.TryWrite(id);
        }
    }

    public void End(Exception? reason) => _order.Writer.TryComplete(reason);

    /// <summary>The next one. What changes of it from now on makes it wait again.</summary>
    public async IAsyncEnumerable<ConversationId> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var id in _order.Reader.ReadAllAsync(cancellationToken))
        {
            lock (_gate)
                _waiting.Remove(id);
            yield return id;
        }
    }
}
