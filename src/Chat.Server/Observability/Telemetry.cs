using Chat.Server.Hosting;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Chat.Server.Observability;

/// <summary>Metrics for Prometheus, and traces by OTLP where they are wanted. OpenTelemetry is known here and nowhere else.</summary>
internal static class Telemetry
{
    /// <summary>Ours, the runtime's, Kestrel's, Npgsql's. Not Kestrel's memory pool, which counts each buffer.</summary>
    private static readonly string[] Meters =
    [
        "Chat",
        "System.Runtime",
        "Microsoft.AspNetCore.Hosting",
        "Microsoft.AspNetCore.Server.Kestrel",
        "Npgsql",
    ];

    /// <summary>Not ASP.NET Core's own: a socket's request would be a span of hours, whose query holds the token.</summary>
    private static readonly string[] Sources = [Traces.Name, "Microsoft.AspNetCore.SignalR.Server", "Npgsql"];

    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        builder.Services.AddSettings<TraceOptions>(TraceOptions.Section);
        var telemetry = builder.Services.AddOpenTelemetry();
        telemetry.ConfigureResource(resource => resource.Clear().AddAttributes([new("service.name", "chat")]));
        telemetry.WithMetrics(metrics => metrics.AddMeter(Meters).AddPrometheusExporter());
        var traces = Settings.Read<TraceOptions>(builder.Configuration, TraceOptions.Section);
        if (traces.Endpoint is { } endpoint)
            telemetry.WithTracing(tracing =>
                tracing
                    .ConfigureResource(resource => resource.AddAttributes([new("host.name", Environment.MachineName)]))
                    .AddSource(Sources)
                    .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(traces.Ratio)))
                    .AddOtlpExporter(otlp => otlp.Endpoint = endpoint)
            );
    }

    /// <summary>Answers <c>/metrics</c>.</summary>
    public static void UseChatMetrics(this IApplicationBuilder app) => app.UseOpenTelemetryPrometheusScrapingEndpoint("/metrics");
}
