using Chat.Server.Hosting;
using Chat.Server.Repair;

namespace Chat.Server.Delivery;

/// <summary>From a commit to the sockets: topics, lists, the bus's receiver, holes and repair.</summary>
internal static class DeliveryFeature
{
    public static void AddDelivery(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSettings<RepairOptions>(RepairOptions.Section);
        services.AddSingleton<Topics>();
        services.AddSingleton<Connections>();
        services.AddSingleton<Publisher>();
        services.AddSingleton<PushCollector>();
        services.AddSingleton<StaffPushes>();
        services.AddSingleton<VisitorPushes>();
        services.AddSingleton<GainedConversations>();
        services.AddSingleton<BusListeners>();
        services.AddSingleton<RepairDependencies>();
        services.AddHostedSingleton<HoleFetcher>();
        services.AddHostedSingleton<InboxWatch>();
        services.AddHostedSingleton<RepairLoop>();
        services.AddHostedSingleton<EndedRights>();
        services.AddHostedSingleton<BusReceiver>();
    }

    /// <summary>One instance, both asked for by others and run by the host.</summary>
    public static void AddHostedSingleton<T>(this IServiceCollection services)
        where T : class, IHostedService
    {
        services.AddSingleton<T>();
        services.AddHostedService(provider => provider.GetRequiredService<T>());
    }
}
