using System.Collections.Concurrent;
using System.Diagnostics;

namespace Chat.LoadTests.Resilience;

/// <summary>Brings parties back at their moments, a few at a time: connecting is done with blocking calls, so that the loop need not know how.</summary>
internal sealed class Reconnector : IDisposable
{
    private const int Threads = 8;
    private const double BaseSeconds = 0.5;
    private const double CapSeconds = 30;

    private readonly PriorityQueue<Party, long> _due = new();
    private readonly Lock _gate = new();
    private readonly BlockingCollection<Party> _ready = [];
    private readonly Thread[] _threads;
    private readonly Random _random;

    public Reconnector(int seed)
    {
        _random = new Random(seed);
        _threads = [.. Enumerable.Range(0, Threads).Select(_ => new Thread(Work) { IsBackground = true })];
        foreach (var thread in _threads)
            thread.Start();
    }

    /// <summary>Made, for the loop to take.</summary>
    public ConcurrentQueue<Resumed> Made { get; } = new();

    /// <summary>Full jitter: at any moment of a window that doubles with each failure.</summary>
    public void Later(Party party, double? window = null)
    {
        var seconds = window ?? Math.Min(CapSeconds, BaseSeconds * Math.Pow(2, party.Attempts));
        lock (_gate)
            _due.Enqueue(party, Stopwatch.GetTimestamp() + (long)(_random.NextDouble() * seconds * Stopwatch.Frequency));
    }

    /// <summary>To be called by the loop: passes those on whose moment has come.</summary>
    public void Turn(long now)
    {
        lock (_gate)
        {
            while (_due.TryPeek(out var party, out var due) && due <= now)
            {
                _due.Dequeue();
                _ready.Add(party);
            }
        }
    }

    public void Dispose()
    {
        _ready.CompleteAdding();
        foreach (var thread in _threads)
            thread.Join();
        _ready.Dispose();
        foreach (var made in Made)
            made.Link.Dispose();
    }

    private void Work()
    {
        foreach (var party in _ready.GetConsumingEnumerable())
        {
            if (party.TryConnect() is { } resumed)
                Made.Enqueue(resumed);
            else
                Later(party);
        }
    }
}
