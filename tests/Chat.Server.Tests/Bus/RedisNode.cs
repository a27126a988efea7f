using Chat.Server.Bus;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Chat.Server.Tests.Bus;

/// <summary>Makes Redis buses with short periods.</summary>
internal static class RedisNode
{
    public static RedisBus New(
        string configuration,
        string prefix,
        NodeId? node = null,
        Action<RedisBusOptions>? configure = null,
        ILogger<RedisBus>? logger = null
    )
    {
        var options = new BusOptions
        {
            Provider = BusProvider.Redis,
            Redis = new RedisBusOptions
            {
                Configuration = configuration,
                ChannelPrefix = prefix,
                HeartbeatInterval = TimeSpan.FromMilliseconds(100),
                ProbeInterval = TimeSpan.FromSeconds(1),
            },
        };
        configure?.Invoke(options.Redis);
        Assert.True(new BusOptionsValidator().Validate(null, options).Succeeded);
        return new RedisBus(Options.Create(options), node ?? NodeId.New(), TimeProvider.System, logger ?? NullLogger<RedisBus>.Instance);
    }

    public static string NewPrefix() => $"t{Guid.NewGuid():N}"[..16];
}
