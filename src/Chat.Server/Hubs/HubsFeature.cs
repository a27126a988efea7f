using Chat.Contracts;
using Chat.Server.Hosting;
using Chat.Server.Identity;
using Chat.Server.Networks;
using Chat.Server.Operators;
using Chat.Server.Sockets;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.Options;

namespace Chat.Server.Hubs;

/// <summary>The two hubs on SignalR, with our own registry of connections and our own errors.</summary>
internal static class HubsFeature
{
    public const string VisitorPath = "/hubs/visitor";

    public const string OperatorPath = "/hubs/operator";

    public static void AddHubs(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSettings<AdmissionOptions>(AdmissionOptions.Section);
        services.AddSettings<SocketOptions>(SocketOptions.Section);
        services.AddSingleton<Admission>();
        services.AddSingleton<FrameRoom>();
        services.AddSingleton<OpenSockets>();
        services
            .AddSignalR(hub =>
            {
                hub.MaximumReceiveMessageSize = Limits.FrameBytes;
                // Ours begins with the socket and not with the first ping: FrameRules.
                hub.ClientTimeoutInterval = TimeSpan.FromDays(1);
                // Per-client order, and one send in flight for each client.
                hub.MaximumParallelInvocationsPerClient = 1;
                hub.StatefulReconnectBufferSize = 0;
                hub.AddFilter<HubCallFilter>();
            })
            .AddJsonProtocol(json =>
            {
                json.PayloadSerializerOptions = new(ChatJson.Wire.Options);
                json.PayloadSerializerOptions.TypeInfoResolverChain.Add(
                    new System.Text.Json.Serialization.Metadata.DefaultJsonTypeInfoResolver()
                );
            });
        services.AddSingleton<IHubProtocol>(provider => new ChatHubProtocol(
            new JsonHubProtocol(provider.GetRequiredService<IOptions<JsonHubProtocolOptions>>())
        ));
        services.AddSingleton(typeof(IHubActivator<>), typeof(HubActivator<>));
        services.AddHostedService<SocketHeartbeat>();
        services.AddSingleton<HubCallFilter>();
        services.AddSingleton<HubServices>();
        services.AddSingleton<OperatorLists>();
        services.AddSingleton<OwnAvailabilities>();
        services.AddSingleton(typeof(HubLifetimeManager<>), typeof(ChatLifetimeManager<>));
    }

    /// <summary>Sockets go another way than calls: past <see cref="SocketEntrance"/>.</summary>
    public static void UseSockets(this WebApplication app) =>
        app.MapWhen(
            context => context.Request.Path.StartsWithSegments(CallerAuthentication.HubPath, StringComparison.OrdinalIgnoreCase),
            sockets =>
                sockets
                    .Use(next => new SocketEntrance(app.Services.GetRequiredService<Admission>(), next).RunAsync)
                    .UseWebSockets()
                    .UseProblems()
                    .UseIdentity()
                    .Use(next => ActivatorUtilities.CreateInstance<NetworkEntrance>(app.Services, next).RunAsync)
                    .Run(context =>
                        context.GetEndpoint()?.RequestDelegate is { } socket
                            ? socket(context)
                            : Problems.Problem(ErrorCode.NotFound).ExecuteAsync(context)
                    )
        );

    /// <summary>Each compiles its methods, which takes as long as all else: one after the other, beside the rest of the start.</summary>
    public static void PrepareHubs(this WebApplication app) =>
        _ = Task.Run(() =>
        {
            app.Services.GetRequiredService<HubConnectionHandler<VisitorHub>>();
            app.Services.GetRequiredService<HubConnectionHandler<OperatorHub>>();
        });

    public static void MapHubs(this WebApplication app)
    {
        app.MapSocket<VisitorHub>(VisitorPath);
        app.MapSocket<OperatorHub>(OperatorPath);
    }
}
