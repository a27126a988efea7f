namespace Chat.Server.Bus;

/// <summary>
/// What a node knows of the way from its publishing to its receiving connection, from what it hears of its own signals. Nothing else counts: a stalled
/// socket looks connected to the library, and a restored connection has not subscribed everything yet.
/// </summary>
/// <remarks>
/// A generation ends with every doubt (a connection was lost, three heartbeats were missed); signals sent before it prove nothing afterwards. The bus is
/// up when a heartbeat and every shard's probe of the present generation were heard. Pure state: sends nothing.
/// </remarks>
internal sealed class BusHealth
{
    private const ulong AllShards = ulong.MaxValue;

    private readonly TimeProvider _time;
    private readonly TimeSpan _silence;
    private readonly TimeSpan _turnOfOneShard;

    // The gate guards everything below: signals come from the receiving threads, turns from the bus's loop. One bit for each shard.
    private readonly Lock _gate = new();
    private readonly long[] _askedAt = new long[Shards.Count];
    private ulong _asked;
    private ulong _proven;
    private long _generation = 1;
    private long _heardAt;
    private bool _heard;
    private long _lastTurnAt;
    private TimeSpan _turnsOwed;
    private int _nextInTurn;

    public BusHealth(TimeSpan silence, TimeSpan probeInterval, TimeProvider time)
    {
        _time = time;
        _silence = silence;
        _turnOfOneShard = probeInterval / Shards.Count;
        _heardAt = _lastTurnAt = time.GetTimestamp();
    }

    /// <summary>A heartbeat came back.</summary>
    /// <returns>Whether it is the first of its generation, so that the probes should go out now.</returns>
    public bool HeardHeartbeat(long generation)
    {
        lock (_gate)
        {
            if (generation != _generation)
                return false;
            _heardAt = _time.GetTimestamp();
            var first = !_heard;
            _heard = true;
            return first;
        }
    }

    /// <summary>A shard's probe came back.</summary>
    /// <returns>Whether it was the last one missing.</returns>
    public bool HeardProbe(int shard, long generation)
    {
        lock (_gate)
        {
            if (generation != _generation)
                return false;
            var before = _proven;
            _proven |= Bit(shard);
            _asked &= ~Bit(shard);
            return before != AllShards && _proven == AllShards;
        }
    }

    /// <summary>Everything must be proven again.</summary>
    public void Doubt()
    {
        lock (_gate)
            BeginGeneration();
    }

    /// <summary>One shard must be proven again.</summary>
    /// <returns>Whether that is news.</returns>
    public bool Doubt(int shard)
    {
        lock (_gate)
        {
            var before = _proven;
            _proven &= ~Bit(shard);
            return before != _proven;
        }
    }

    /// <summary>A new pair of connections: everything must be proven again, and the silence is counted from now.</summary>
    public void Renew()
    {
        lock (_gate)
        {
            BeginGeneration();
            _heardAt = _time.GetTimestamp();
        }
    }

    /// <summary>What is known now and what is to be done about it.</summary>
    public BusTurn Next()
    {
        lock (_gate)
        {
            var now = _time.GetTimestamp();
            var silence = _time.GetElapsedTime(_heardAt, now);
            if (_heard && silence > _silence)
                BeginGeneration();
            _turnsOwed += _time.GetElapsedTime(_lastTurnAt, now);
            _lastTurnAt = now;
            // Without a heartbeat the probes would not come back either.
            if (!_heard)
                return new BusTurn(IsUp: false, _generation, silence, Probes: 0, Lapsed: 0);

            var lapsed = TakeLapsed(now);
            // A probe may overtake the subscription it is to prove: ask again every turn.
            var probes = ~_proven | TakeShardsInTurn();
            MarkAsked(probes, now);
            return new BusTurn(_proven == AllShards, _generation, silence, probes, lapsed);
        }
    }

    private void BeginGeneration()
    {
        _generation++;
        _heard = false;
        _proven = 0;
        _asked = 0;
    }

    /// <summary>Shards whose probe has been missing for as long as three heartbeats, while the heartbeats came.</summary>
    private ulong TakeLapsed(long now)
    {
        ulong lapsed = 0;
        for (var shard = 0; shard < Shards.Count; shard++)
        {
            if ((_asked & Bit(shard)) != 0 && _time.GetElapsedTime(_askedAt[shard], now) > _silence)
                lapsed |= Bit(shard);
        }
        _asked &= ~lapsed;
        _proven &= ~lapsed;
        return lapsed;
    }

    /// <summary>Shards due by the clock, a few each turn, so that each one comes once in a probe interval.</summary>
    private ulong TakeShardsInTurn()
    {
        ulong due = 0;
        while (_turnsOwed >= _turnOfOneShard)
        {
            _turnsOwed -= _turnOfOneShard;
            due |= Bit(_nextInTurn);
            _nextInTurn = (_nextInTurn + 1) % Shards.Count;
            if (due == AllShards)
                _turnsOwed = TimeSpan.Zero;
        }
        return due;
    }

    private void MarkAsked(ulong probes, long now)
    {
        for (var shard = 0; shard < Shards.Count; shard++)
        {
            if ((probes & ~_asked & Bit(shard)) != 0)
                _askedAt[shard] = now;
        }
        _asked |= probes;
    }

    private static ulong Bit(int shard) => 1UL << shard;
}

/// <summary>One look at the health of the bus.</summary>
/// <param name="IsUp">Heartbeats and all shards get through.</param>
/// <param name="Generation">To be carried by the signals sent now.</param>
/// <param name="Silence">Since the last heartbeat was heard.</param>
/// <param name="Probes">Shards to be probed now, one bit each.</param>
/// <param name="Lapsed">Shards to be subscribed again, one bit each.</param>
internal readonly record struct BusTurn(bool IsUp, long Generation, TimeSpan Silence, ulong Probes, ulong Lapsed);
