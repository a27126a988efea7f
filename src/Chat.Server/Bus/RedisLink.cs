using StackExchange.Redis;

namespace Chat.Server.Bus;

/// <summary>
/// Two connections to Redis, one for publishing and commands and one for receiving, with the subscriptions of one node. The library reconnects and
/// subscribes again by itself; what it misses shows in <see cref="BusHealth"/>.
/// </summary>
internal sealed class RedisLink : IAsyncDisposable
{
    /// <summary>Messages of one shard that may wait to be handed on. The handler does not block, so that more than this is a node in trouble.</summary>
    public const int MaxBehind = 4096;

    // A multiplexer that nothing references is collected, and its subscriptions end without a sound: both stay in fields. Two, and not one, so that a
    // flood of messages in does not hold up what goes out.
    private readonly ConnectionMultiplexer _publishing;
    private readonly ConnectionMultiplexer _receiving;
    private readonly RedisBusChannels _channels;
    private readonly IRedisLinkListener _listener;
    private readonly ISubscriber _publisher;

    // Written at the start and by the bus's loop.
    private readonly ChannelMessageQueue?[] _queues = new ChannelMessageQueue?[Shards.Count];
    private volatile bool _closed;

    private RedisLink(
        ConnectionMultiplexer publishing,
        ConnectionMultiplexer receiving,
        RedisBusChannels channels,
        IRedisLinkListener listener
    )
    {
        _publishing = publishing;
        _receiving = receiving;
        _channels = channels;
        _listener = listener;
        _publisher = publishing.GetSubscriber();
        Commands = publishing.GetDatabase();
        foreach (var connection in (ReadOnlySpan<ConnectionMultiplexer>)[publishing, receiving])
        {
            // Each break, however short, may have swallowed messages, and heartbeats may not show it.
            connection.ConnectionFailed += (_, _) => Tell(listener.ConnectionLost);
            connection.ConnectionRestored += (_, _) => Tell(listener.ConnectionRestored);
        }
    }

    public IDatabase Commands { get; }

    /// <summary>Connects, or leaves it to the library to connect when Redis is there. Sentinels must answer.</summary>
    public static async Task<RedisLink> OpenAsync(
        string configuration,
        NodeId node,
        RedisBusChannels channels,
        IRedisLinkListener listener,
        CancellationToken cancellation
    )
    {
        var publishing = ConnectAsync(configuration, $"chat-{node}-pub");
        var receiving = ConnectAsync(configuration, $"chat-{node}-sub");
        try
        {
            await Task.WhenAll(publishing, receiving).WaitAsync(cancellation);
        }
        catch
        {
            _ = DiscardAsync(publishing);
            _ = DiscardAsync(receiving);
            throw;
        }
        var link = new RedisLink(await publishing, await receiving, channels, listener);
        await link.SubscribeAllAsync();
        return link;
    }

    /// <summary>Hands a frame to the connection and does not wait; lost when there is none.</summary>
    public void Publish(RedisChannel channel, byte[] frame)
    {
        try
        {
            // The asynchronous call: the synchronous one waits for the socket. On a Cluster or with replicas only the primary's subscribers hear.
            _ = _publisher.PublishAsync(channel, frame, CommandFlags.FireAndForget | CommandFlags.DemandMaster);
        }
        catch (Exception e) when (e is RedisException or ObjectDisposedException or TimeoutException)
        {
            // Nothing to do: the heartbeat goes the same way and tells.
        }
    }

    /// <summary>Subscribes one shard once more, whatever the library believes of it.</summary>
    public async Task ResubscribeAsync(int shard)
    {
        if (_queues[shard] is { } queue)
            await queue.UnsubscribeAsync(CommandFlags.FireAndForget);
        await SubscribeAsync(shard);
    }

    public async ValueTask DisposeAsync()
    {
        _closed = true;
        await CloseAsync(_publishing);
        await CloseAsync(_receiving);
    }

    private static async Task<ConnectionMultiplexer> ConnectAsync(string configuration, string name)
    {
        var options = ConfigurationOptions.Parse(configuration);
        options.ClientName = name;
        options.AbortOnConnectFail = false;
        // RESP3 puts subscriptions and commands on one socket, and a failed handshake on reconnect leaves that one unusable.
        options.Protocol = RedisProtocol.Resp2;
        // What cannot be sent now must not be sent later.
        options.BacklogPolicy = BacklogPolicy.FailFast;
        options.ReconnectRetryPolicy = new ExponentialRetry(100, 1000);
        return await ConnectionMultiplexer.ConnectAsync(options);
    }

    private async Task SubscribeAllAsync()
    {
        var heartbeats = await _receiving.GetSubscriber().SubscribeAsync(_channels.Heartbeat, SubscribeFlags);
        heartbeats.OnMessage(message =>
        {
            if (!_closed)
                _listener.HeartbeatReceived(message.Message);
        });
        for (var shard = 0; shard < Shards.Count; shard++)
            await SubscribeAsync(shard);
    }

    // Fire and forget: a refused or lost SUBSCRIBE leaves the channel known to the library, which tries again when it connects; a thrown one would lose
    // the queue that the library then fills. Whether it worked, the probe tells.
    private static CommandFlags SubscribeFlags => CommandFlags.FireAndForget | CommandFlags.DemandMaster;

    private async Task SubscribeAsync(int shard)
    {
        // A queue hands on one message at a time and in order; the other way to subscribe does neither. It has no bound of its own: MaxBehind is it.
        var queue = await _receiving.GetSubscriber().SubscribeAsync(_channels.Shards[shard], SubscribeFlags);
        _queues[shard] = queue;
        queue.OnMessage(message =>
        {
            if (!_closed)
                _listener.FrameReceived(shard, message.Message, behind: queue.TryGetCount(out var waiting) && waiting > MaxBehind);
        });
    }

    private void Tell(Action what)
    {
        if (!_closed)
            what();
    }

    private static async Task DiscardAsync(Task<ConnectionMultiplexer> connecting)
    {
        try
        {
            await CloseAsync(await connecting);
        }
        catch (RedisException)
        {
            // Never connected.
        }
    }

    private static async Task CloseAsync(ConnectionMultiplexer connection)
    {
        try
        {
            await connection.CloseAsync(allowCommandsToComplete: false);
            await connection.DisposeAsync();
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException)
        {
            // It is thrown away because it is broken.
        }
    }
}
