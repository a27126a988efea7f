namespace Chat.Server.Storage;

/// <summary>
/// One read for many who ask: what is asked while reads are under way is answered by the next, together. Never by one that began before it was asked,
/// so that everybody sees what was committed before he asked; nothing is kept.
/// </summary>
/// <typeparam name="TAsk">What one asks.</typeparam>
/// <typeparam name="TAnswer">What he is answered.</typeparam>
/// <param name="read">Answers many, in their order; fails for all or for none.</param>
/// <param name="weigh">How much an ask adds to a read.</param>
/// <param name="capacity">The weight at which a read is full; a heavier ask gets one of its own.</param>
internal sealed class SharedRead<TAsk, TAnswer>(
    Func<IReadOnlyList<TAsk>, Task<IReadOnlyList<TAnswer>>> read,
    Func<TAsk, int> weigh,
    int capacity
)
{
    /// <summary>Two, so that the database works on one while the answers of the other are put together.</summary>
    private const int AtOnce = 2;

    // Guards both fields below.
    private readonly Lock _gate = new();
    private readonly Queue<Waiting> _waiting = new();
    private int _running;

    public Task<TAnswer> AskAsync(TAsk ask, CancellationToken cancellation)
    {
        var waiting = new Waiting(ask);
        lock (_gate)
        {
            _waiting.Enqueue(waiting);
            if (_running == AtOnce)
                return waiting.Task.WaitAsync(cancellation);
            _running++;
        }
        // Of no caller's context: it goes on for others.
        ThreadPool.UnsafeQueueUserWorkItem(static reads => _ = reads.RunAsync(), this, preferLocal: false);
        return waiting.Task.WaitAsync(cancellation);
    }

    private async Task RunAsync()
    {
        while (Take() is { } batch)
        {
            try
            {
                var answers = await read(batch.ConvertAll(waiting => waiting.Ask));
                for (var i = 0; i < answers.Count; i++)
                    batch[i].SetResult(answers[i]);
            }
            catch (Exception e)
            {
                foreach (var waiting in batch)
                    waiting.TrySetException(e);
            }
        }
    }

    /// <summary>As many as fit, at least one; null, when nobody waits and this runner ends.</summary>
    private List<Waiting>? Take()
    {
        lock (_gate)
        {
            if (_waiting.Count == 0)
            {
                _running--;
                return null;
            }
            var first = _waiting.Dequeue();
            var batch = new List<Waiting> { first };
            for (var weight = weigh(first.Ask); _waiting.TryPeek(out var next); batch.Add(_waiting.Dequeue()))
            {
                weight += weigh(next.Ask);
                if (weight > capacity)
                    break;
            }
            return batch;
        }
    }

    // Whoever waits goes on elsewhere: the next read does not wait for him.
    private sealed class Waiting(TAsk ask) : TaskCompletionSource<TAnswer>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public TAsk Ask { get; } = ask;
    }
}
