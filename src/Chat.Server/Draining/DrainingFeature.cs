using Microsoft.Extensions.Options;

namespace Chat.Server.Draining;

internal static class DrainingFeature
{
    public static void AddDraining(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<DrainOptions>().BindConfiguration(DrainOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder
            .Services.AddOptions<HostOptions>()
            .Configure<IOptions<DrainOptions>>((host, drain) => host.ShutdownTimeout = drain.Value.Stop);
        builder.Services.AddSingleton<Drain>();
        builder.Services.AddHostedService<AgeWatch>();
        builder.Services.AddSingleton<IHostLifetime, DrainingLifetime>();
    }
}
