using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Net.Sockets;
using Chat.Contracts;
using Chat.Server.Observability;
using Chat.Server.Sockets;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace Chat.Server.Hosting;

/// <summary>The two ports: the public one and the management one, told apart by the port itself and never by a header.</summary>
internal static class HttpFeature
{
    /// <summary>A request body; hubs have a limit of their own.</summary>
    private const long MaxRequestBytes = Limits.FrameBytes;

    /// <summary>
    /// What the kernel holds of a socket's unread output; it takes as much again for its own use. By itself it would let a reader who stopped reading have
    /// 4 MB of the node's memory before anybody noticed.
    /// </summary>
    private const int SendBufferBytes = 64 * 1024;

    public static void AddHttp(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<HttpOptions>().BindConfiguration(HttpOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<NodeState>();
        builder.Services.AddSingleton<StartupSteps>();
        builder.Services.AddHostedService<Startup>();
        builder.Services.AddHostedService<Banner>();
        // The framework's cookies are not used; without this it would write keys into the home folder, which a container has not.
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        var http = builder.Configuration.GetSection(HttpOptions.Section).Get<HttpOptions>() ?? new HttpOptions();
        // Kestrel takes them before the options are validated.
        var faults = new List<ValidationResult>();
        Validator.TryValidateObject(http, new ValidationContext(http), faults, validateAllProperties: true);
        if (http.FindFault() is { } fault)
            faults.Add(new ValidationResult(fault));
        if (faults.Count > 0)
            throw new OptionsValidationException(HttpOptions.Section, typeof(HttpOptions), faults.Select(f => $"Http: {f.ErrorMessage}"));
        builder.Services.Configure<ForwardedHeadersOptions>(forwarded => Trust(forwarded, http.TrustedProxies));
        builder.WebHost.UseSockets(sockets => sockets.CreateBoundListenSocket = Listen);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxRequestBytes;
            kestrel.ConfigureEndpointDefaults(Takeover.Offer);
            foreach (var port in (ReadOnlySpan<int>)[http.Port, http.ManagementPort])
            {
                if (http.Address == "*")
                    kestrel.ListenAnyIP(port);
                else
                    kestrel.ListenLocalhost(port);
            }
        });
    }

    /// <summary>First in the pipeline: nothing public is reached on the management port, and nothing of it on the public one.</summary>
    public static void UseManagement(this WebApplication app)
    {
        var port = app.Configuration.GetSection(HttpOptions.Section).Get<HttpOptions>()?.ManagementPort ?? new HttpOptions().ManagementPort;
        var state = app.Services.GetRequiredService<NodeState>();
        app.MapWhen(
            context => context.Connection.LocalPort == port,
            management =>
            {
                management.Map("/livez", live => live.Run(context => Answer(context, true)));
                management.Map("/readyz", ready => ready.Run(context => Answer(context, state.IsReady)));
                management.UseChatMetrics();
            }
        );
    }

    /// <summary>From here on a caller is who the trusted proxies say he is.</summary>
    public static void UseProxies(this WebApplication app)
    {
        // Without any the framework would trust all.
        if (app.Services.GetRequiredService<IOptions<HttpOptions>>().Value.TrustedProxies.Length > 0)
            app.UseForwardedHeaders();
    }

    /// <summary>A node that has not started takes no calls. Sockets have a gate of their own, admission.</summary>
    public static void UseGate(this WebApplication app)
    {
        var state = app.Services.GetRequiredService<NodeState>();
        app.Use(
            (context, next) =>
                state.IsReady || state.IsDraining
                    ? next(context)
                    : Problems.Problem(ErrorCode.Unavailable, retryAfter: TimeSpan.FromSeconds(1)).ExecuteAsync(context)
        );
    }

    /// <summary>Accepted sockets take over what the listening one has.</summary>
    private static Socket Listen(EndPoint address)
    {
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(address);
        socket.SendBufferSize = SendBufferBytes;
        return socket;
    }

    private static void Trust(ForwardedHeadersOptions forwarded, IEnumerable<string> networks)
    {
        forwarded.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
        // As many proxies in a row as there are; the first address that is not one of them is the caller's.
        forwarded.ForwardLimit = null;
        // Loopback is among them by default, and would let anybody on the machine be anybody.
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        foreach (var network in networks)
            forwarded.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(network));
    }

    private static Task Answer(HttpContext context, bool good)
    {
        context.Response.StatusCode = good ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "text/plain";
        return context.Response.WriteAsync(good ? "ok\n" : "not ready\n", context.RequestAborted);
    }
}
