using Chat.LoadTests.Load;
using HdrHistogram;

namespace Chat.LoadTests.Runs;

/// <summary>Figures as all workloads name them.</summary>
internal static class Figures
{
    private static readonly double[] Drawn = [1, 10, 25, 50, 75, 90, 95, 99, 99.5, 99.9, 99.99];

    /// <summary>CPU of a system for one unit of work, in total and by component.</summary>
    public static IEnumerable<Figure> Cpu(Dictionary<string, double> before, Dictionary<string, double> after, double units, string unit)
    {
        if (after.Count == 0)
            yield break;
        var used = after.ToDictionary(c => c.Key, c => (c.Value - before.GetValueOrDefault(c.Key)) / units);
        yield return new Figure("service CPU", used.Values.Sum(), $"µs/{unit}");
        foreach (var (component, value) in used)
            yield return new Figure($"CPU {component}", value, $"µs/{unit}");
    }

    public static IEnumerable<Figure> Percentiles(string name, LongHistogram histogram) =>
        histogram.TotalCount == 0
            ? []
            :
            [
                new Figure($"{name} p50", At(histogram, 50), "ms"),
                new Figure($"{name} p99", At(histogram, 99), "ms"),
                new Figure($"{name} p99.9", At(histogram, 99.9), "ms"),
                new Figure($"{name} max", histogram.GetMaxValue() / 1000.0, "ms"),
            ];

    public static IReadOnlyList<Curve> Curves(Latencies latencies) =>
        [Curve("send → ack", latencies.Acknowledged), Curve("send → deliver", latencies.Delivered)];

    public static Curve Curve(string name, LongHistogram histogram) =>
        new(name, histogram.TotalCount == 0 ? [] : [.. Drawn.Select(p => new Point(p, At(histogram, p)))]);

    private static double At(LongHistogram histogram, double percent) => histogram.GetValueAtPercentile(percent) / 1000.0;
}
