namespace Chat.Server.Bus;

/// <summary>Joins the buses of one process. The embedded default has one bus on it, which then has nobody to tell.</summary>
internal sealed class InProcessNetwork
{
    private readonly Lock _gate = new();

    // Written under the gate, read without it; replaced and never changed.
    private volatile InProcessBus[] _buses = [];

    public void Join(InProcessBus bus)
    {
        lock (_gate)
            _buses = [.. _buses, bus];
    }

    public void Leave(InProcessBus bus)
    {
        lock (_gate)
            _buses = [.. _buses.Where(other => other != bus)];
    }

    public void Deliver(InProcessBus from, ReadOnlyMemory<byte> envelope)
    {
        var buses = _buses;
        if (buses.Length < 2)
            return;
        // Receivers keep slices of what they get, while the caller uses its buffer again.
        var copy = envelope.ToArray();
        foreach (var bus in buses)
        {
            if (bus != from)
                bus.Receive(copy);
        }
    }
}

/// <summary>The bus of a single node. Delivery is a call on the publisher's thread, so that the order is the order of publishing and nothing queues.</summary>
internal sealed partial class InProcessBus(InProcessNetwork network, ILogger<InProcessBus> logger) : IEventBus, IAsyncDisposable
{
    private Action<ReadOnlyMemory<byte>>? _receive;
    private Action<bool>? _stateChanged;
    private volatile bool _isUp;

    public bool IsUp => _isUp;

    public void Attach(Action<ReadOnlyMemory<byte>> receive, Action<bool> stateChanged)
    {
        _receive = receive;
        _stateChanged = stateChanged;
    }

    public Task StartAsync(CancellationToken cancellation)
    {
        network.Join(this);
        Turn(up: true);
        return Task.CompletedTask;
    }

    public void Publish(int shard, ReadOnlyMemory<byte> envelope)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(shard);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(shard, Shards.Count);
        if (!_isUp)
        {
            BusMetrics.DroppedWhileDown();
            return;
        }
        BusMetrics.Published.Add(1);
        network.Deliver(this, envelope);
    }

    public void Receive(ReadOnlyMemory<byte> envelope)
    {
        BusMetrics.Received.Add(1);
        try
        {
            _receive?.Invoke(envelope);
        }
        catch (Exception e)
        {
            // The publisher is another node and must not fail for this one.
            LogReceiveFailed(e);
        }
    }

    public ValueTask DisposeAsync()
    {
        if (_isUp)
        {
            network.Leave(this);
            Turn(up: false);
        }
        return ValueTask.CompletedTask;
    }

    private void Turn(bool up)
    {
        _isUp = up;
        BusMetrics.StateChanged(up);
        _stateChanged?.Invoke(up);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "An envelope of another node could not be handled.")]
    private partial void LogReceiveFailed(Exception e);
}
