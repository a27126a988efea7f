namespace Chat.Server.Devices;

/// <summary>Waking devices of visitors who are not connected.</summary>
internal static class DevicesFeature
{
    public static void AddDevices(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services
            .AddOptions<PushOptions>()
            .BindConfiguration(PushOptions.Section)
            .ValidateDataAnnotations()
            .Validate(options => options.Url is null || options.Secret is not null, "Push:Url needs Push:Secret.")
            .ValidateOnStart();
        services.AddSingleton<OwnDevices>();
        services.AddSingleton<PushStore>();
        services.AddSingleton<IPushProvider, WebhookPush>();
        services.AddHostedService<PushLoop>();
    }
}
