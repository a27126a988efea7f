using System.Diagnostics;
using Chat.LoadTests.Sockets;
using HdrHistogram;

namespace Chat.LoadTests.W3;

/// <summary>One thread, one epoll, one receive buffer for all sockets.</summary>
internal sealed class Generator
{
    private static readonly long PingEvery = Stopwatch.Frequency * 10;
    private static readonly long Patience = Stopwatch.Frequency * 15;
    private static readonly byte[] Ping = HubSocket.Frame("{\"type\":6}");

    private readonly IReadOnlyList<Pair> _pairs;
    private readonly int _epoll = Native.Epoll();
    private readonly EpollEvent[] _events = new EpollEvent[256];
    private readonly byte[] _buffer = new byte[256 * 1024];
    private uint _random = 2463534242;
    private long _pingAt;

    // Of the period under way.
    private bool _closedLoop;
    private long _end;
    private Latencies _latencies = new();

    public Generator(IReadOnlyList<Pair> pairs)
    {
        _pairs = pairs;
        for (var i = 0; i < pairs.Count; i++)
        {
            pairs[i].Visitor.Unblock();
            pairs[i].Operator.Unblock();
            Native.Watch(_epoll, pairs[i].Visitor.Descriptor, i * 2);
            Native.Watch(_epoll, pairs[i].Operator.Descriptor, i * 2 + 1);
        }
    }

    /// <summary>One message in flight in each conversation: the next goes out when the last is acknowledged and delivered.</summary>
    public Latencies RunClosedLoop(TimeSpan duration)
    {
        Begin(duration, closedLoop: true);
        foreach (var pair in _pairs)
            pair.Send(Stopwatch.GetTimestamp(), Random());
        while (Stopwatch.GetTimestamp() < _end)
            Turn(Stopwatch.Frequency / 10);
        return Drain();
    }

    /// <summary>Messages on a schedule, conversation by conversation; a late one counts from when it was due.</summary>
    public Latencies RunSchedule(TimeSpan duration, int rate)
    {
        Begin(duration, closedLoop: false);
        var start = Stopwatch.GetTimestamp();
        for (var i = 0L; ; i++)
        {
            var due = start + i * Stopwatch.Frequency / rate;
            if (due >= _end)
                return Drain();
            for (var wait = due - Stopwatch.GetTimestamp(); wait > 0; wait = due - Stopwatch.GetTimestamp())
                Turn(wait);
            _pairs[(int)(i % _pairs.Count)].Send(due, Random());
            // A schedule that is behind must not stop reading.
            if (i % 16 == 0)
                Turn(0);
        }
    }

    private void Begin(TimeSpan duration, bool closedLoop)
    {
        _closedLoop = closedLoop;
        _latencies = new Latencies();
        _end = Stopwatch.GetTimestamp() + (long)(duration.TotalSeconds * Stopwatch.Frequency);
    }

    private Latencies Drain()
    {
        _closedLoop = false;
        var limit = Stopwatch.GetTimestamp() + Patience;
        while (_pairs.Any(pair => !pair.IsQuiet))
        {
            if (Stopwatch.GetTimestamp() > limit)
                throw new InvalidOperationException(
                    $"Lost: {_pairs.Sum(p => p.Sent - p.Acknowledged)} acknowledgements, {_pairs.Sum(p => p.Sent - p.Delivered)} deliveries."
                );
            Turn(Stopwatch.Frequency / 100);
        }
        return _latencies;
    }

    /// <summary>Reads what is there, waits for it at most so long.</summary>
    private void Turn(long wait)
    {
        var count = Native.Wait(_epoll, _events, wait * (1_000_000_000 / Stopwatch.Frequency));
        for (var i = 0; i < count; i++)
            Receive(_events[i].Tag);
        if (Stopwatch.GetTimestamp() > _pingAt)
            PingAll();
    }

    private void Receive(int tag)
    {
        var pair = _pairs[tag / 2];
        var visitor = tag % 2 == 0;
        var read = Native.Receive((visitor ? pair.Visitor : pair.Operator).Descriptor, _buffer);
        if (read < 0)
            return;
        if (read == 0)
            throw new InvalidOperationException("A server closed a socket.");
        var now = Stopwatch.GetTimestamp();
        var records = (visitor ? pair.VisitorFrames : pair.OperatorFrames).Read(_buffer.AsSpan(0, read));
        while (records.TryNext(out var record))
        {
            if (visitor && record.StartsWith("{\"type\":3"u8))
                Latencies.Record(_latencies.Acknowledged, now - pair.Acknowledge(record));
            else if (record.StartsWith("{\"type\":1,\"target\":\"event\""u8))
                Latencies.Record(_latencies.Delivered, now - pair.Deliver(record));
            else if (record.StartsWith("{\"type\":1,\"target\":\"resync\""u8))
                throw new InvalidOperationException("A queue overflowed.");
        }
        if (_closedLoop && pair.IsQuiet && now < _end)
            pair.Send(now, Random());
    }

    // SignalR's server gives up on a client that is silent for half a minute, and operators only listen here.
    private void PingAll()
    {
        _pingAt = Stopwatch.GetTimestamp() + PingEvery;
        foreach (var pair in _pairs)
        {
            Native.Send(pair.Visitor.Descriptor, Ping);
            Native.Send(pair.Operator.Descriptor, Ping);
        }
    }

    private uint Random()
    {
        _random ^= _random << 13;
        _random ^= _random >> 17;
        return _random ^= _random << 5;
    }
}

/// <summary>Of one period, from the schedule's stamp, microseconds.</summary>
internal sealed class Latencies
{
    private const long Longest = 60_000_000;

    public LongHistogram Acknowledged { get; } = new(Longest, 3);

    public LongHistogram Delivered { get; } = new(Longest, 3);

    public static void Record(LongHistogram histogram, long ticks) =>
        histogram.RecordValue(Math.Clamp(ticks / (Stopwatch.Frequency / 1_000_000), 0, Longest));
}
