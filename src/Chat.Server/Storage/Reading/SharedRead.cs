namespace Chat.Server.Storage.Reading;

/// <summary>
/// One read for many who ask: what is asked while reads are under way is answered by the next, together. Never by one that began before it was asked,
/// so that everybody sees what was committed before they asked; nothing is kept. Readers take turns, however much one of them asks, and a heavy ask is read
/// alone, beside the others.
/// </summary>
/// <typeparam name="TAsk">What one asks.</typeparam>
/// <typeparam name="TAnswer">What is answered to it.</typeparam>
/// <param name="read">Answers many, in their order; fails for all or for none, and is then asked by each alone.</param>
/// <param name="readerOf">Whose turn an ask takes.</param>
/// <param name="weigh">How much an ask adds to a read.</param>
/// <param name="load">How much a read takes.</param>
internal sealed class SharedRead<TAsk, TAnswer>(
    Func<IReadOnlyList<TAsk>, Task<IReadOnlyList<TAnswer>>> read,
    Func<TAsk, Guid> readerOf,
    Func<TAsk, int> weigh,
    ReadLoad load
)
{
    /// <summary>Two, so that the database works on one while the answers of the other are put together.</summary>
    private readonly Way _light = new(atOnce: 2, load.Capacity);
    private readonly Way _heavy = new(atOnce: 1, capacity: 0);

    public Task<TAnswer> AskAsync(TAsk ask, CancellationToken cancellation)
    {
        var waiting = new Waiting(ask, cancellation);
        var way = weigh(ask) > load.Heavy ? _heavy : _light;
        // Of no caller's context: it goes on for others.
        if (way.Add(readerOf(ask), waiting))
            ThreadPool.UnsafeQueueUserWorkItem(_ => _ = RunAsync(way), null);
        return waiting.Task.WaitAsync(cancellation);
    }

    private async Task RunAsync(Way way)
    {
        while (way.Take(weigh) is { } batch)
        {
            if (await AnswerAsync(batch))
                continue;
            foreach (var waiting in batch)
                await AnswerAsync([waiting]);
        }
    }

    /// <summary>False: they are to be asked one by one, since what this server cannot read may be of one of them. An outage is everybody's.</summary>
    private async Task<bool> AnswerAsync(List<Waiting> batch)
    {
        try
        {
            var answers = await read(batch.ConvertAll(waiting => waiting.Ask));
            for (var i = 0; i < answers.Count; i++)
                batch[i].SetResult(answers[i]);
        }
        catch (Exception e)
        {
            if (batch.Count > 1 && e is not StoreUnavailableException)
                return false;
            foreach (var waiting in batch)
                waiting.TrySetException(e);
        }
        return true;
    }

    /// <summary>Asks that wait for one of so many reads at once.</summary>
    private sealed class Way(int atOnce, int capacity)
    {
        // Guards both fields below.
        private readonly Lock _gate = new();
        private readonly FairQueue<Waiting> _waiting = new();
        private int _running;

        /// <summary>True: one more read is to be begun.</summary>
        public bool Add(Guid reader, Waiting waiting)
        {
            lock (_gate)
            {
                _waiting.Enqueue(reader, waiting);
                if (_running == atOnce)
                    return false;
                _running++;
                return true;
            }
        }

        /// <summary>As many as fit, at least one; null, when nobody waits and this read ends.</summary>
        public List<Waiting>? Take(Func<TAsk, int> weigh)
        {
            lock (_gate)
            {
                var batch = new List<Waiting>();
                var weight = 0;
                for (; _waiting.TryPeek(out var next); _waiting.Dequeue())
                {
                    if (next.HasGone)
                        continue;
                    weight += weigh(next.Ask);
                    if (batch.Count > 0 && weight > capacity)
                        break;
                    batch.Add(next);
                }
                if (batch.Count > 0)
                    return batch;
                _running--;
                return null;
            }
        }
    }

    // Whoever waits goes on elsewhere: the next read does not wait for them.
    private sealed class Waiting(TAsk ask, CancellationToken cancellation)
        : TaskCompletionSource<TAnswer>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public TAsk Ask { get; } = ask;

        public bool HasGone => cancellation.IsCancellationRequested;
    }
}

/// <summary>How much a shared read takes.</summary>
/// <param name="Capacity">The weight at which a read is full; a heavier ask gets one of its own.</param>
/// <param name="Heavy">Asks of more weight do not stand in the way of others.</param>
internal readonly record struct ReadLoad(int Capacity, int Heavy);
