using System.Globalization;
using System.Text.Json;
using HdrHistogram;

namespace Chat.LoadTests.W3;

/// <summary>One measured period.</summary>
/// <param name="Messages">Sent, acknowledged and delivered.</param>
/// <param name="Rate">A second.</param>
/// <param name="CpuPerMessage">By component, microseconds.</param>
/// <param name="ServiceCpu">All but the generator, microseconds for a message.</param>
/// <param name="AllocatedPerMessage">By the nodes, bytes.</param>
/// <param name="Ack">From the schedule to the acknowledgement.</param>
/// <param name="Deliver">From the schedule to the other socket.</param>
internal sealed record Figures(
    long Messages,
    double Rate,
    Dictionary<string, double> CpuPerMessage,
    double ServiceCpu,
    double AllocatedPerMessage,
    Percentiles Ack,
    Percentiles Deliver
);

/// <summary>Milliseconds.</summary>
internal sealed record Percentiles(double P50, double P99, double P999, double Max)
{
    public static Percentiles Of(LongHistogram histogram) =>
        new(At(histogram, 50), At(histogram, 99), At(histogram, 99.9), histogram.GetMaxValue() / 1000.0);

    private static double At(LongHistogram histogram, double percent) => histogram.GetValueAtPercentile(percent) / 1000.0;
}

/// <summary>What a run leaves: a line for each period, and JSON for programs.</summary>
internal static class Report
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static void WriteHead() =>
        Console.WriteLine(
            "   msg/s | CPU us/msg: nodes  PostgreSQL  Redis  service  generator | alloc B/msg | ack ms p50    p99   p99.9     max | deliver ms p50    p99   p99.9     max"
        );

    public static void Write(Figures f)
    {
        var cpu = f.CpuPerMessage;
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{f.Rate, 8:F0} | {cpu["nodes"], 17:F1} {cpu["PostgreSQL"], 11:F1} {cpu["Redis"], 6:F1} {f.ServiceCpu, 8:F1} {cpu["generator"], 10:F1} | {f.AllocatedPerMessage, 11:F0} | {Text(f.Ack)} | {Text(f.Deliver), 38}"
            )
        );
    }

    public static async Task SaveAsync(
        FileInfo file,
        DurableChatOptions options,
        IReadOnlyList<Figures> periods,
        CancellationToken cancellation
    )
    {
        await using var stream = file.Create();
        var run = new
        {
            Workload = "W3",
            options.Nodes,
            options.Conversations,
            options.Seconds,
            Mode = options.Rate == 0 ? "closed loop" : $"{options.Rate}/s",
            options.Settings,
            Load = await File.ReadAllTextAsync("/proc/loadavg", cancellation),
            Periods = periods,
        };
        await JsonSerializer.SerializeAsync(stream, run, Json, cancellation);
    }

    private static string Text(Percentiles p) =>
        string.Create(CultureInfo.InvariantCulture, $"{p.P50, 10:F2} {p.P99, 6:F1} {p.P999, 7:F1} {p.Max, 7:F1}");
}
