namespace Chat.Server.Bus;

/// <summary>
/// Carries envelopes between nodes: fast, and nearly always once. It is never the truth: what it loses, the repair loop finds, and what a cluster gives twice
/// while its slots move, the seq shows. Publishing never waits and never throws; while the bus is down nothing is published at all.
/// </summary>
internal interface IEventBus
{
    /// <summary>Whether heartbeats get through from publishing to receiving. A bus that has never connected is down.</summary>
    bool IsUp { get; }

    /// <summary>Called once, before <see cref="StartAsync"/>. Envelopes of one publisher on one shard arrive in order, and never the node's own.</summary>
    /// <param name="receive">
    /// Gets every envelope of other nodes and may keep it; must not block. Envelopes of one shard come one after the other, of several shards at once.
    /// </param>
    /// <param name="stateChanged">Gets every change of <see cref="IsUp"/>, one after the other; must not block.</param>
    void Attach(Action<ReadOnlyMemory<byte>> receive, Action<bool> stateChanged);

    /// <summary>Subscribes to all shards and starts the heartbeat. Returns at once even when the other end is away.</summary>
    Task StartAsync(CancellationToken cancellation);

    /// <summary>Sends an envelope to all other nodes; dropped while the bus is down.</summary>
    /// <param name="shard">0 to <see cref="Shards.Count"/> - 1; see <see cref="Shards.Of"/>.</param>
    /// <param name="envelope">Encoded; copied before the call returns, so that the caller may use its buffer again.</param>
    void Publish(int shard, ReadOnlyMemory<byte> envelope);
}

/// <summary>
/// Who is here, as leases that end by themselves: a node that dies takes its claims with it after <see cref="Lifetime"/>. While the bus is away the
/// answer is what this node knows of its own sockets.
/// </summary>
internal interface IPresence
{
    /// <summary>How long a lease holds without renewal.</summary>
    static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(45);

    /// <summary>Claims or renews this node's leases on these subjects (operator or visitor ids).</summary>
    Task RenewAsync(IReadOnlyCollection<Guid> subjects, CancellationToken cancellation);

    /// <summary>Gives this node's lease up; answers whether another node still holds one, or null while nobody can say.</summary>
    Task<bool?> ReleaseAsync(Guid subject, CancellationToken cancellation);

    /// <summary>Which of these subjects are on some node.</summary>
    Task<IReadOnlySet<Guid>> OnlineAsync(IReadOnlyCollection<Guid> subjects, CancellationToken cancellation);

    /// <summary>The same, or null while nobody can say: who is not here may be on another node.</summary>
    Task<IReadOnlySet<Guid>?> LookAsync(IReadOnlyCollection<Guid> subjects, CancellationToken cancellation);
}

/// <summary>The fixed set of bus channels. Their number is part of the protocol between nodes.</summary>
internal static class Shards
{
    public const int Count = 64;

    /// <summary>The shard of a conversation or inbox: a stable hash of its id's random half.</summary>
    public static int Of(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return bytes[15] & (Count - 1);
    }
}
