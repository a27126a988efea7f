using Chat.Server.Hosting;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Chat.Server.Bus;

/// <summary>Registers the bus and presence that section <c>Bus</c> asks for.</summary>
internal static class BusFeature
{
    public static IHostApplicationBuilder AddBus(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSettings<BusOptions>(BusOptions.Section);
        services.AddSingleton<IValidateOptions<BusOptions>, BusOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(NodeId.New());
        services.AddSingleton<InProcessNetwork>();
        services.AddSingleton<InProcessBus>();
        services.AddSingleton<LocalPresence>();
        services.AddSingleton<RedisBus>();
        services.AddSingleton(NewRedisPresence);
        services.AddSingleton<IEventBus>(s => IsRedis(s) ? s.GetRequiredService<RedisBus>() : s.GetRequiredService<InProcessBus>());
        services.AddSingleton<IPresence>(s => IsRedis(s) ? s.GetRequiredService<RedisPresence>() : s.GetRequiredService<LocalPresence>());
        return builder;
    }

    private static bool IsRedis(IServiceProvider services) => Options(services).Provider == BusProvider.Redis;

    private static RedisPresence NewRedisPresence(IServiceProvider services) =>
        new(
            services.GetRequiredService<RedisBus>(),
            services.GetRequiredService<NodeId>(),
            Options(services).Redis.ChannelPrefix,
            IPresence.Lifetime,
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILogger<RedisPresence>>()
        );

    private static BusOptions Options(IServiceProvider services) => services.GetRequiredService<IOptions<BusOptions>>().Value;
}
