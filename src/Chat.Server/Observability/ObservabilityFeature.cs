using System.Globalization;
using Serilog;
using Serilog.Configuration;
using Serilog.Events;
using Serilog.Settings.Configuration;

namespace Chat.Server.Observability;

/// <summary>Logs to stdout: plain text for a person at a terminal, else one ECS JSON object a line. Metrics and traces: <see cref="Telemetry"/>.</summary>
internal static class ObservabilityFeature
{
    private const string Text = "{Timestamp:HH:mm:ss} {Level:u3} {Message:lj}{NewLine}{Exception}";

    public static void AddObservability(this WebApplicationBuilder builder)
    {
        builder.AddTelemetry();
        builder.Services.AddSingleton<WatchPace>();
        builder.Services.AddSingleton<DatabaseWatch>();
        builder.Services.AddHostedService(services => services.GetRequiredService<DatabaseWatch>());
        builder.Services.AddHostedService<NodeMetrics>();
        builder.Services.AddSerilog(log =>
            log.MinimumLevel.Information()
                // Their request lines hold query strings, and a socket's query string holds its token.
                .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
                .MinimumLevel.Override("Microsoft.Hosting.Lifetime", LogEventLevel.Warning)
                .MinimumLevel.Override("System.Net.Http", LogEventLevel.Warning)
                // They log as errors what they then throw: refusals, which are answers, and the weather. What is neither, the callers log.
                .MinimumLevel.Override("Microsoft.AspNetCore.SignalR.Internal.DefaultHubDispatcher", LogEventLevel.Fatal)
                .MinimumLevel.Override("Npgsql", LogEventLevel.Fatal)
                // More sinks are named with their assembly (Serilog:Using). Looking through all assemblies for them would be most of the start of logging.
                .ReadFrom.Configuration(
                    builder.Configuration,
                    new ConfigurationReaderOptions(typeof(ConsoleLoggerConfigurationExtensions).Assembly)
                )
                .Enrich.FromLogContext()
                .WriteTo.Async(Write)
        );
    }

    private static void Write(LoggerSinkConfiguration to)
    {
        if (Console.IsOutputRedirected)
            to.Console(new EcsFormatter());
        else
            to.Console(outputTemplate: Text, formatProvider: CultureInfo.InvariantCulture);
    }
}
