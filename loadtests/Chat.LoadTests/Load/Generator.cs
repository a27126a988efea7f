using System.Diagnostics;
using Chat.LoadTests.Sockets;

namespace Chat.LoadTests.Load;

/// <summary>Drives pairs from one thread: a closed loop, or a schedule that does not wait for anybody.</summary>
internal sealed class Generator : IDisposable
{
    private static readonly long PingEvery = Stopwatch.Frequency * 10;
    private static readonly long Patience = Stopwatch.Frequency * 15;

    private readonly Dialect _dialect;
    private readonly IReadOnlyList<Pair> _pairs;
    private readonly Poller _poller = new();
    private readonly Func<int, WebSocketLink?> _linkOf;
    private readonly Poller.Receiver _receive;
    private uint _random = 2463534242;
    private long _pingAt;

    // Of the period under way.
    private bool _closedLoop;
    private long _end;
    private Latencies _latencies = new();

    public Generator(Dialect dialect, IReadOnlyList<Pair> pairs)
    {
        (_dialect, _pairs) = (dialect, pairs);
        (_linkOf, _receive) = (LinkOf, Receive);
        for (var i = 0; i < pairs.Count; i++)
        {
            _poller.Add(pairs[i].Sender, i * 2);
            _poller.Add(pairs[i].Receiver, i * 2 + 1);
        }
    }

    /// <summary>Ephemeral pushes that came, ever.</summary>
    public long Ephemerals { get; private set; }

    /// <param name="duration">Of the period.</param>
    /// <param name="rate">Messages a second; 0: closed loop.</param>
    /// <param name="typing">Typing notices a second besides, on the schedule.</param>
    public Latencies Run(TimeSpan duration, int rate, int typing = 0) =>
        rate == 0 && typing == 0 ? RunClosedLoop(duration) : RunSchedule(duration, rate, typing);

    /// <summary>Only reads and answers; between periods, so that nobody is taken for dead.</summary>
    public void Idle(TimeSpan duration)
    {
        Begin(duration, closedLoop: false);
        while (Stopwatch.GetTimestamp() < _end)
            Turn(Math.Min(_end - Stopwatch.GetTimestamp(), Stopwatch.Frequency / 10));
    }

    /// <summary>From now on no receiver reads, and his kernel takes about twice so many bytes for him.</summary>
    public void Stall(int receiveBuffer)
    {
        foreach (var pair in _pairs)
        {
            pair.IsStalled = true;
            pair.Receiver.LimitReceiveBuffer(receiveBuffer);
            _poller.Remove(pair.Receiver);
        }
    }

    public void Dispose()
    {
        foreach (var pair in _pairs)
            pair.Dispose();
        _poller.Dispose();
    }

    /// <summary>Servers give up on a client that is silent for half a minute, and receivers only listen here.</summary>
    public void PingAll()
    {
        _pingAt = Stopwatch.GetTimestamp() + PingEvery;
        foreach (var pair in _pairs)
        {
            Native.Send(pair.Sender.Descriptor, _dialect.KeepAlive);
            if (!pair.IsStalled)
                Native.Send(pair.Receiver.Descriptor, _dialect.KeepAlive);
        }
    }

    /// <summary>One message in flight in each conversation: the next goes out when the last is acknowledged and delivered.</summary>
    private Latencies RunClosedLoop(TimeSpan duration)
    {
        Begin(duration, closedLoop: true);
        foreach (var pair in _pairs)
            pair.Send(Stopwatch.GetTimestamp(), Random());
        while (Stopwatch.GetTimestamp() < _end)
            Turn(Stopwatch.Frequency / 10);
        return Drain();
    }

    /// <summary>Messages on a schedule, conversation by conversation; a late one counts from when it was due.</summary>
    private Latencies RunSchedule(TimeSpan duration, int rate, int typing)
    {
        Begin(duration, closedLoop: false);
        var (start, messages) = (Stopwatch.GetTimestamp(), 0L);
        for (var i = 0L; ; i++)
        {
            var due = start + i * Stopwatch.Frequency / (rate + typing);
            if (due >= _end)
                return Drain();
            for (var wait = due - Stopwatch.GetTimestamp(); wait > 0; wait = due - Stopwatch.GetTimestamp())
                Turn(wait);
            // Both kinds spread evenly over each other.
            if ((i + 1) * rate / (rate + typing) > messages)
                _pairs[(int)(messages++ % _pairs.Count)].Send(due, Random());
            else
                SendTyping(_pairs[(int)(i % _pairs.Count)]);
            // A schedule that is behind must not stop reading.
            if (i % 16 == 0)
                Turn(0);
        }
    }

    private static void SendTyping(Pair pair)
    {
        if (!Native.Send(pair.Sender.Descriptor, pair.Typing))
            throw new InvalidOperationException("A socket takes nothing more: choose a lower rate.");
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

    private void Turn(long wait)
    {
        _poller.Turn(wait, _linkOf, _receive);
        if (Stopwatch.GetTimestamp() > _pingAt)
            PingAll();
    }

    private WebSocketLink LinkOf(int tag) => tag % 2 == 0 ? _pairs[tag / 2].Sender : _pairs[tag / 2].Receiver;

    private void Receive(int tag, ReadOnlySpan<byte> bytes)
    {
        var (pair, link) = (_pairs[tag / 2], LinkOf(tag));
        var now = Stopwatch.GetTimestamp();
        var records = link.Frames.Read(bytes);
        while (records.TryNext(out var record))
        {
            if (_dialect.Complaint(record) is { } complaint)
                throw new InvalidOperationException(complaint);
            if (tag % 2 == 0 && _dialect.IsAcknowledgement(record))
                Latencies.Record(_latencies.Acknowledged, now - pair.Acknowledge(record));
            else if (tag % 2 == 1 && _dialect.IsDelivery(record))
                Latencies.Record(_latencies.Delivered, now - pair.Deliver(record));
            else if (tag % 2 == 1 && _dialect.IsEphemeral(record))
                Ephemerals++;
        }
        if (bytes.IsEmpty || link.Frames.IsClosed)
            throw new InvalidOperationException($"A server closed a socket: {System.Text.Encoding.UTF8.GetString(bytes)}");
        if (_closedLoop && pair.IsQuiet && now < _end)
            pair.Send(now, Random());
    }

    private uint Random()
    {
        _random ^= _random << 13;
        _random ^= _random >> 17;
        return _random ^= _random << 5;
    }
}
