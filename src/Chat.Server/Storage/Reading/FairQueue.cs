using System.Diagnostics.CodeAnalysis;

namespace Chat.Server.Storage.Reading;

/// <summary>A queue in which everybody takes turns: who has put in much waits behind the first of everybody else. Not thread-safe.</summary>
internal sealed class FairQueue<T>
{
    private readonly Dictionary<Guid, Queue<T>> _queues = [];
    private readonly Queue<Guid> _turns = new();

    public void Enqueue(Guid owner, T item)
    {
        if (!_queues.TryGetValue(owner, out var own))
        {
            _queues.Add(owner, own = new Queue<T>(1));
            _turns.Enqueue(owner);
        }
        own.Enqueue(item);
    }

    public bool TryPeek([MaybeNullWhen(false)] out T item)
    {
        item = default;
        return _turns.TryPeek(out var owner) && _queues[owner].TryPeek(out item);
    }

    /// <summary>Takes what <see cref="TryPeek"/> showed; its owner's next one comes after those of all others.</summary>
    public void Dequeue()
    {
        var owner = _turns.Dequeue();
        var own = _queues[owner];
        own.Dequeue();
        if (own.Count > 0)
            _turns.Enqueue(owner);
        else
            _queues.Remove(owner);
    }
}
