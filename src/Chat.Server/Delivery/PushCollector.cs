using Chat.Server.Bus;

namespace Chat.Server.Delivery;

/// <summary>
/// What is not of the log, on its way to the other nodes: all of a few milliseconds in one envelope. Nobody waits for typing or a read mark as for a
/// message, and one at a time each would cost a publish here and a wake-up on every other node.
/// </summary>
internal sealed class PushCollector : IDisposable
{
    private const int MaxBytes = 32 * 1024;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly IEventBus _bus;
    private readonly ITimer _timer;

    // Guards what follows.
    private readonly Lock _gate = new();
    private readonly EnvelopeWriter _writer = new();
    private int _shard;

    public PushCollector(IEventBus bus, TimeProvider time)
    {
        _bus = bus;
        _timer = time.CreateTimer(
            static collector => ((PushCollector)collector!).Send(),
            this,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan
        );
    }

    public void Add(in EnvelopeItem push)
    {
        if (!_bus.IsUp)
            return;
        bool isFull;
        lock (_gate)
        {
            _writer.Write(push);
            isFull = _writer.Written.Length > MaxBytes;
            if (_writer.Count == 1)
                _timer.Change(Pause, Timeout.InfiniteTimeSpan);
        }
        if (isFull)
            Send();
    }

    public void Dispose() => _timer.Dispose();

    private void Send()
    {
        lock (_gate)
        {
            if (_writer.Count == 0)
                return;
            // Every node follows every shard: by turns, so that none has more to carry.
            _shard = (_shard + 1) % Shards.Count;
            _bus.Publish(_shard, _writer.Written);
            _writer.Reset();
        }
    }
}
