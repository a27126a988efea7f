using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Options;
using Serilog;
using Serilog.Configuration;
using Serilog.Events;
using Serilog.Extensions.Logging;
using Serilog.Settings.Configuration;

namespace Chat.Server.Observability;

/// <summary>Logs to stdout: plain text for a person at a terminal, else one ECS JSON object a line. Metrics and traces: <see cref="Telemetry"/>.</summary>
internal static class ObservabilityFeature
{
    private const string Text = "{Timestamp:HH:mm:ss} {Level:u3} {Message:lj}{NewLine}{Exception}";

    /// <param name="builder">Of the process.</param>
    /// <param name="isCommand">Its output belongs to a command: the log goes to standard error.</param>
    public static void AddObservability(this WebApplicationBuilder builder, bool isCommand)
    {
        builder.AddTelemetry();
        builder.Services.AddSingleton<WatchPace>();
        builder.Services.AddSingleton<DatabaseWatch>();
        builder.Services.AddHostedService(services => services.GetRequiredService<DatabaseWatch>());
        builder.Services.AddHostedService<NodeMetrics>();
        builder.AddLogs(isCommand);
    }

    /// <summary>A trace id for a call, which its lines in the log and its problem name. See <see cref="AddLogs"/> why the host does not do it.</summary>
    public static void UseTraceIds(this IApplicationBuilder app) =>
        app.Use(
            async (context, next) =>
            {
                using var call = new Activity("call");
                if (context.Request.Headers.TraceParent is [{ } parent])
                    call.SetParentId(parent);
                call.Start();
                await next(context);
            }
        );

    /// <summary>
    /// Serilog behind .NET's own factory, which makes one logger for each name: SignalR asks for several for each socket. The host's diagnostics are off,
    /// since they would keep an activity and scopes for as long as a socket lives, although nobody listens.
    /// </summary>
    private static void AddLogs(this WebApplicationBuilder builder, bool isCommand)
    {
        Serilog.Core.Logger log;
        try
        {
            log = Configure(builder.Configuration, isCommand).CreateLogger();
        }
        catch (Exception e)
        {
            throw new OptionsValidationException("Serilog", typeof(LoggerConfiguration), [$"Serilog: {e.Message}"]);
        }
        builder.Logging.ClearProviders().AddSerilog(log, dispose: true);
        builder.Logging.AddFilter<SerilogLoggerProvider>("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
    }

    /// <summary>One line for what ends the process when no logger is left, or none yet.</summary>
    public static void WriteFatal(string reason, Exception? cause)
    {
        using var log = new LoggerConfiguration().WriteTo.Console(new EcsFormatter()).CreateLogger();
        log.Fatal(cause, "{Reason:l}", reason);
    }

    private static LoggerConfiguration Configure(ConfigurationManager configuration, bool isCommand) =>
        new LoggerConfiguration()
            .MinimumLevel.Information()
            // Their request lines hold query strings, and a socket's query string holds its token.
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("Microsoft.Hosting.Lifetime", LogEventLevel.Warning)
            .MinimumLevel.Override("System.Net.Http", LogEventLevel.Warning)
            // They log as errors what they then throw: refusals, which are answers, and the weather. What is neither, the callers log.
            .MinimumLevel.Override("Microsoft.AspNetCore.SignalR.Internal.DefaultHubDispatcher", LogEventLevel.Fatal)
            .MinimumLevel.Override("Npgsql", LogEventLevel.Fatal)
            // A start that failed is reported by Program, in one sentence.
            .MinimumLevel.Override("Microsoft.Extensions.Hosting.Internal.Host", LogEventLevel.Fatal)
            .ReadFrom.Configuration(configuration, new ConfigurationReaderOptions(SinksOf(configuration)))
            .Enrich.FromLogContext()
            .WriteTo.Async(to => Write(to, isCommand ? LogEventLevel.Verbose : null));

    // Sinks besides the console are named with their assembly. To look for them in all assemblies would be most of the start of logging, and when told
    // where to look the library does not look at Using itself.
    private static Assembly[] SinksOf(ConfigurationManager configuration) =>
        [
            typeof(ConsoleLoggerConfigurationExtensions).Assembly,
            .. configuration.GetSection("Serilog:Using").GetChildren().Select(name => Assembly.Load(name.Value!)),
        ];

    private static void Write(LoggerSinkConfiguration to, LogEventLevel? aside)
    {
        if (Console.IsOutputRedirected)
            to.Console(new EcsFormatter(), standardErrorFromLevel: aside);
        else
            to.Console(outputTemplate: Text, formatProvider: CultureInfo.InvariantCulture, standardErrorFromLevel: aside);
    }
}
