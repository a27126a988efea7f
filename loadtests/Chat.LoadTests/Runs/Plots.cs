using ScottPlot;

namespace Chat.LoadTests.Runs;

/// <summary>Latencies by percentile where a workload has them, else its first figure as bars.</summary>
internal static class Plots
{
    private static readonly double[] Nines = [50, 90, 99, 99.9, 99.99];
    private static readonly double[] Decades = [0.1, 1, 10, 100, 1000, 10_000];

    public static void Save(string file, IWorkload workload, Plan plan, IReadOnlyList<Summary> summaries)
    {
        using var plot = new Plot();
        plot.Title($"{workload.Name} {workload.Title}: {plan.Count} {workload.Unit}, {plan.Mode}");
        if (summaries.Any(summary => summary.Samples[^1].Curves.Any(curve => curve.Points.Count > 0)))
            Latencies(plot, summaries);
        else
            Bars(plot, summaries);
        plot.SavePng(file, 1100, 620);
    }

    private static void Latencies(Plot plot, IReadOnlyList<Summary> summaries)
    {
        foreach (var summary in summaries)
        {
            foreach (var curve in summary.Samples[^1].Curves.Where(curve => curve.Points.Count > 0))
            {
                var line = plot.Add.Scatter(
                    curve.Points.Select(point => Stretch(point.Percentile)).ToArray(),
                    curve.Points.Select(point => Math.Log10(Math.Max(point.Milliseconds, 0.01))).ToArray()
                );
                line.LegendText = $"{summary.System}: {curve.Name}";
                line.LineWidth = 2;
            }
        }
        plot.Axes.Bottom.SetTicks([.. Nines.Select(Stretch)], [.. Nines.Select(p => $"p{p}")]);
        plot.Axes.Left.SetTicks([.. Decades.Select(Math.Log10)], [.. Decades.Select(d => $"{d} ms")]);
        plot.ShowLegend(Alignment.UpperLeft);
        plot.YLabel("latency");
    }

    private static void Bars(Plot plot, IReadOnlyList<Summary> summaries)
    {
        var figure = summaries[0].Spreads[0];
        plot.Add.Bars(summaries.Select(summary => summary.SpreadOf(figure.Name)?.Median ?? 0).ToArray());
        plot.Axes.Bottom.SetTicks([.. Enumerable.Range(0, summaries.Count).Select(i => (double)i)], [.. summaries.Select(s => s.System)]);
        plot.Axes.Margins(bottom: 0);
        plot.YLabel($"{figure.Name}, {figure.Unit}");
    }

    // Each further nine gets as much room as the one before.
    private static double Stretch(double percentile) => -Math.Log10(1 - percentile / 100);
}
