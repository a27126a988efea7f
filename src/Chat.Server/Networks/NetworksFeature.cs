using System.Net;
using Chat.Server.Delivery;
using Chat.Server.Hosting;
using Chat.Server.Hubs;
using Chat.Server.Identity;
using Microsoft.Extensions.Options;

namespace Chat.Server.Networks;

/// <summary>Budgets by network. Where a caller is hidden behind a proxy that is not trusted, there is none: all would share it.</summary>
internal static partial class NetworksFeature
{
    private const string ForwardedFor = "X-Forwarded-For";

    public static void AddNetworks(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSettings<NetworkOptions>(NetworkOptions.Section);
        services.AddSettings<RateLimits>(RateLimits.Section);
        services.AddSingleton<NetworkBudgets>();
        services.AddSingleton<UserBudgets>();
        services.AddSingleton<VisitorStores>();
    }

    /// <summary>Before the forwarded headers are taken: afterwards nobody knows any more who sent them.</summary>
    public static void UseNetworks(this WebApplication app)
    {
        var trusted = app.Services.GetRequiredService<IOptions<HttpOptions>>().Value.TrustedProxies.Select(IPNetwork.Parse).ToArray();
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(NetworksFeature));
        var warned = 0;
        app.Use(
            (context, next) =>
            {
                var isForwarded = context.Request.Headers.ContainsKey(ForwardedFor);
                if (isForwarded == IsAmong(trusted, context.Connection.RemoteIpAddress))
                    return next(context);
                context.Features.Set(HiddenNetwork.Instance);
                if (isForwarded && Interlocked.Exchange(ref warned, 1) == 0)
                    LogUntrusted(logger);
                return next(context);
            }
        );
    }

    /// <summary>The caller, with the network whose budgets count for them: none for staff, identified visitors and those behind who knows whom.</summary>
    public static Caller At(this Caller caller, HttpContext context) =>
        caller.IsOperator || caller.IsIdentified ? caller : caller with { Network = context.Network() };

    /// <summary>Null: a proxy's address is not its callers'.</summary>
    public static Network? Network(this HttpContext context) =>
        context.Features.Get<HiddenNetwork>() is null && context.Connection.RemoteIpAddress is { } address
            ? Networks.Network.Of(address)
            : null;

    private static bool IsAmong(IPNetwork[] networks, IPAddress? address)
    {
        if (address is { IsIPv4MappedToIPv6: true })
            address = address.MapToIPv4();
        return address is not null && Array.Exists(networks, network => network.Contains(address));
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Requests come with X-Forwarded-For through a proxy that Http:TrustedProxies does not name: visitors behind it have no limits by network"
    )]
    private static partial void LogUntrusted(ILogger logger);

    /// <summary>Marks a request whose caller's address is not known.</summary>
    private sealed class HiddenNetwork
    {
        public static readonly HiddenNetwork Instance = new();
    }
}
