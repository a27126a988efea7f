namespace Chat.Server.Draining;

internal static class DrainingFeature
{
    public static void AddDraining(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<DrainOptions>().BindConfiguration(DrainOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<Drain>();
        builder.Services.AddSingleton<IHostLifetime, DrainingLifetime>();
    }
}
