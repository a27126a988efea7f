using System.Collections.Concurrent;
using Chat.Contracts;

namespace Chat.Testing.Clients;

/// <summary>What a client was given, under one lock, and those who wait for more of it.</summary>
internal sealed class ClientView
{
    private readonly Lock _gate = new();

    // Guarded by the gate, but for the pushes.
    private readonly Dictionary<ConversationId, ClientLog> _logs = [];
    private readonly ClientList _list = new();
    private readonly ConcurrentQueue<(string Name, object Push)> _pushes = new();
    private readonly List<(Func<bool> Condition, TaskCompletionSource Met)> _waiters = [];

    public IReadOnlyList<(string Name, object Push)> Pushes => [.. _pushes];

    public IReadOnlyList<ClientLog> Logs
    {
        get
        {
            lock (_gate)
                return [.. _logs.Values];
        }
    }

    public Cursor[] Cursors
    {
        get
        {
            lock (_gate)
                return [.. _logs.Values.Select(log => log.Cursor)];
        }
    }

    public ClientLog Log(ConversationId id)
    {
        lock (_gate)
        {
            if (!_logs.TryGetValue(id, out var log))
                _logs.Add(id, log = new ClientLog(id));
            return log;
        }
    }

    /// <summary>Nothing is held of it any more.</summary>
    public void Forget(ConversationId id)
    {
        lock (_gate)
            _logs.Remove(id);
    }

    public T Look<T>(ConversationId id, Func<ClientLog, T> look)
    {
        var log = Log(id);
        lock (_gate)
            return look(log);
    }

    public T LookAtList<T>(Func<ClientList, T> look)
    {
        lock (_gate)
            return look(_list);
    }

    /// <summary>False: something is missing before it.</summary>
    public bool Apply(ChatEvent e)
    {
        var log = Log(e.ConversationId);
        lock (_gate)
        {
            var whole = log.Apply(e);
            Wake();
            return whole;
        }
    }

    public void Apply(ConversationPage page)
    {
        var log = Log(page.Conversation.Id);
        lock (_gate)
        {
            log.Apply(page);
            Wake();
        }
    }

    public void Apply(InboxChange change)
    {
        lock (_gate)
        {
            _list.Apply(change.Row);
            Wake();
        }
    }

    /// <param name="page">Answer of a Watch.</param>
    /// <param name="asked">Arrivals when it was asked for: what came later is newer.</param>
    public void Apply(WatchResult page, int asked)
    {
        lock (_gate)
        {
            _list.Apply(page, asked);
            Wake();
        }
    }

    public void Note(string name, object push)
    {
        _pushes.Enqueue((name, push));
        Changed();
    }

    /// <summary>Something else than what is in here may have met a condition.</summary>
    public void Changed()
    {
        lock (_gate)
            Wake();
    }

    /// <summary>Ends when the condition holds; asked after everything that arrives.</summary>
    public Task UntilAsync(Func<bool> condition, TimeSpan timeout)
    {
        var met = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (condition())
                return Task.CompletedTask;
            _waiters.Add((condition, met));
        }
        return met.Task.WaitAsync(timeout);
    }

    private void Wake() => _waiters.RemoveAll(waiter => waiter.Condition() && waiter.Met.TrySetResult());
}
