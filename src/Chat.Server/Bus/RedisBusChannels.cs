using StackExchange.Redis;

namespace Chat.Server.Bus;

/// <summary>The names of the channels, built here only.</summary>
internal sealed class RedisBusChannels
{
    public RedisBusChannels(string prefix)
    {
        Heartbeat = Channel($"{prefix}:heartbeat");
        Shards = new RedisChannel[Bus.Shards.Count];
        for (var shard = 0; shard < Shards.Length; shard++)
            Shards[shard] = Channel($"{prefix}:s{shard:00}");
    }

    public RedisChannel Heartbeat { get; }

    public RedisChannel[] Shards { get; }

    // Routed like a key: on a Cluster publisher and subscribers of a channel meet on one server, which keeps the order.
    private static RedisChannel Channel(string name) => RedisChannel.Literal(name).WithKeyRouting();
}
