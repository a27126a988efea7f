using Chat.Server.Hosting;
using Microsoft.Extensions.Options;

namespace Chat.Server.Draining;

internal static class DrainingFeature
{
    public static void AddDraining(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSettings<DrainOptions>(DrainOptions.Section);
        builder
            .Services.AddOptions<HostOptions>()
            .Configure<IOptions<DrainOptions>>((host, drain) => host.ShutdownTimeout = drain.Value.Stop);
        builder.Services.AddSingleton<Drain>();
        builder.Services.AddHostedService<AgeWatch>();
        builder.Services.AddSingleton<IHostLifetime, DrainingLifetime>();
    }
}
