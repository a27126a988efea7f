using Chat.Server.Hosting;

namespace Chat.Server.Devices;

/// <summary>Waking devices of visitors who are not connected.</summary>
internal static class DevicesFeature
{
    public static void AddDevices(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services
            .AddSettings<PushOptions>(PushOptions.Section)
            .Validate(
                options => options.Url is null or { IsAbsoluteUri: true, Scheme: "https" or "http" },
                "Push:Url is an address with https:// or http://."
            )
            .Validate(
                options => options is { Url: null, Secret: null } || options.ReadKey() is not null,
                "Push:Url needs Push:Secret, which is whsec_ and at least 24 bytes in base64."
            );
        services.AddSingleton<OwnDevices>();
        services.AddSingleton<PushStore>();
        services.AddSingleton<IPushProvider, WebhookPush>();
        services.AddHostedService<PushLoop>();
    }
}
