using System.Net;
using System.Net.Sockets;
using System.Text;
using Chat.Contracts;
using Chat.Server.Observability;
using Chat.Server.Sockets;
using Chat.Server.Storage;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Chat.Server.Hosting;

/// <summary>The two ports: the public one and the management one, told apart by the port itself and never by a header.</summary>
internal static class HttpFeature
{
    /// <summary>What is taken of a body before the connection is closed, most of it to be thrown away: see <see cref="Api.BodyLimits"/>.</summary>
    private const long MaxRequestBytes = 1024 * 1024;

    /// <summary>
    /// What the kernel holds of a socket's unread output; it takes as much again for its own use. By itself it would let a reader who stopped reading have
    /// 4 MB of the node's memory before anybody noticed.
    /// </summary>
    private const int SendBufferBytes = 64 * 1024;

    private static readonly TimeSpan RetryWhenFull = TimeSpan.FromSeconds(5);

    /// <summary>
    /// What a reader must take of an answer in the long run, and a writer give of a request: 32 kbit/s, as a socket must, so that of 64 KB there is an end
    /// after half a minute. Mobile networks give more in their worst places, and clients give up a call after 10 s.
    /// </summary>
    private static readonly MinDataRate LeastRate = new(bytesPerSecond: 4096, gracePeriod: TimeSpan.FromSeconds(10));

    public static void AddHttp(this WebApplicationBuilder builder)
    {
        builder.Services.AddSettings<HttpOptions>(HttpOptions.Section);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSettings<OutgoingOptions>(OutgoingOptions.Section);
        builder.Services.AddSingleton<OutgoingBytes>();
        builder.Services.AddSingleton<NodeState>();
        builder.Services.AddSingleton<HostNames>();
        builder.Services.AddSingleton<StartupSteps>();
        builder.Services.AddHostedService<UnknownSections>();
        builder.Services.AddHostedService<Startup>();
        builder.Services.AddHostedService<Banner>();
        // The framework's cookies are not used; without this it would write keys into the home folder, which a container has not.
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        var http = Settings.Read<HttpOptions>(builder.Configuration, HttpOptions.Section);
        builder.Services.Configure<ForwardedHeadersOptions>(forwarded => Trust(forwarded, http.TrustedProxies));
        builder.WebHost.UseSockets(sockets => sockets.CreateBoundListenSocket = Listen);
        builder.Services.AddSingleton(services => Descriptors.OfThisProcess(services.GetRequiredService<ILogger<Descriptors>>()));
        builder.Services.AddSingleton<SocketTransportFactory>();
        builder.Services.AddSingleton<IConnectionListenerFactory, BoundedTransport>();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // Headers are bytes. What is no UTF-8, of old browsers and proxies, would be refused before anybody knows whether it is looked at.
            kestrel.RequestHeaderEncodingSelector = _ => Encoding.Latin1;
            kestrel.Limits.MaxRequestBodySize = MaxRequestBytes;
            // By itself it would take a megabyte from each connection before anybody asked for it.
            kestrel.Limits.MaxRequestBufferSize = Limits.FrameBytes;
            // A write ends when the kernel has it all: until then it counts for its reader.
            kestrel.Limits.MaxResponseBufferSize = 0;
            kestrel.Limits.MinResponseDataRate = LeastRate;
            kestrel.Limits.MinRequestBodyDataRate = LeastRate;
            kestrel.ConfigureEndpointDefaults(port =>
            {
                // Around the takeover: a connection that outlives its HTTP keeps its file.
                BoundedTransport.Count(port, isManagement: port.IPEndPoint?.Port == http.ManagementPort);
                Takeover.Offer(port);
            });
            Listen(kestrel, http.Address, http.Port);
            Listen(kestrel, http.ManagementAddress.Length > 0 ? http.ManagementAddress : http.Address, http.ManagementPort);
        });
    }

    /// <summary>First in the pipeline: nothing public is reached on the management port, and nothing of it on the public one.</summary>
    public static void UseManagement(this WebApplication app)
    {
        var port = app.Services.GetRequiredService<IOptions<HttpOptions>>().Value.ManagementPort;
        var state = app.Services.GetRequiredService<NodeState>();
        var database = app.Services.GetRequiredService<DatabaseWatch>();
        app.MapWhen(
            context => context.Connection.LocalPort == port,
            management =>
            {
                management.Map("/livez", live => live.Run(context => Answer(context, true)));
                management.Map("/readyz", ready => ready.Run(context => Answer(context, state.IsReady, database.Durability)));
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

    /// <summary>Nothing is answered under a name that is not this service's.</summary>
    public static void UseHostNames(this WebApplication app)
    {
        var names = app.Services.GetRequiredService<HostNames>();
        app.Use((context, next) => names.Allows(context.Request.Host) ? next(context) : names.RefuseAsync(context));
    }

    /// <summary>A node that has not started takes no calls, and one that runs out of files none either. Sockets have a gate of their own, admission.</summary>
    public static void UseGate(this WebApplication app)
    {
        var state = app.Services.GetRequiredService<NodeState>();
        var descriptors = app.Services.GetRequiredService<Descriptors>();
        app.Use(
            (context, next) =>
            {
                if (!state.IsReady && !state.IsDraining)
                    return Problems.Problem(ErrorCode.Unavailable, retryAfter: TimeSpan.FromSeconds(1)).ExecuteAsync(context);
                if (!descriptors.IsFull)
                    return next(context);
                descriptors.Warn();
                // The next one may have its file.
                context.Response.Headers.Connection = "close";
                return Problems.Problem(ErrorCode.Unavailable, retryAfter: RetryWhenFull).ExecuteAsync(context);
            }
        );
    }

    private static void Listen(KestrelServerOptions kestrel, string address, int port)
    {
        if (address == "*")
            kestrel.ListenAnyIP(port);
        else if (address == HttpOptions.Loopback)
            kestrel.ListenLocalhost(port);
        else
            kestrel.Listen(IPAddress.Parse(address), port);
    }

    /// <summary>Bodies are UTF-8, as JSON is between systems. The framework would take others, and fail over those that it does not know.</summary>
    public static void UseUtf8(this WebApplication app) =>
        app.Use(
            (context, next) =>
                MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type)
                && type.Charset.HasValue
                && !HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase)
                    ? Problems.Problem(Refusal.Of("Content-Type", FieldFault.Malformed, "The body is to be UTF-8.")).ExecuteAsync(context)
                    : next(context)
        );

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

    /// <summary>Probes look at the status; the rest is for people.</summary>
    private static Task Answer(HttpContext context, bool good, Durability? durability = null)
    {
        context.Response.StatusCode = good ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "text/plain";
        var details = durability is null ? "" : $"{durability}\n";
        return context.Response.WriteAsync((good ? "ok\n" : "not ready\n") + details, context.RequestAborted);
    }
}
