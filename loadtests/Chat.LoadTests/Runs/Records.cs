using System.Globalization;
using System.Text;
using System.Text.Json;
using Chat.LoadTests.Meters;

namespace Chat.LoadTests.Runs;

/// <summary>
/// What a run leaves: JSON for programs, a plot, and a table in RESULTS.md with the systems side by side, in the place of an earlier run of the same plan.
/// </summary>
internal static class Records
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static async Task WriteAsync(
        DirectoryInfo folder,
        IWorkload workload,
        Plan plan,
        IReadOnlyList<Summary> summaries,
        LimitProbe limits,
        CancellationToken cancellation
    )
    {
        var machine = await Machine.LookAsync(cancellation);
        var results = folder.CreateSubdirectory("results");
        var name = $"{workload.Name}-{(plan.Rate == 0 ? "closed" : plan.Rate)}";
        await using (var stream = File.Create(Path.Combine(results.FullName, $"{name}.json")))
        {
            var run = new
            {
                workload = workload.Name,
                machine,
                limits,
                plan.Nodes,
                plan.Count,
                plan.Seconds,
                plan.Mode,
                plan.Settings,
                systems = summaries,
            };
            await JsonSerializer.SerializeAsync(stream, run, Json, cancellation);
        }
        Plots.Save(Path.Combine(results.FullName, $"{name}.png"), workload, plan, summaries);
        var source = $"{limits}; {plan.Repeat} × {plan.Seconds} s. [Plot](results/{name}.png), [JSON](results/{name}.json)";
        var section = $"{workload.Name} {workload.Title}";
        var heading = $"{workload.Name}: {plan.Count} {workload.Unit}, {plan.Mode}";
        await ResultsFile.PutAsync(folder, section, heading, machine, source, Table(summaries), cancellation);
    }

    private static string Table(IReadOnlyList<Summary> summaries)
    {
        var (first, others) = (summaries[0], summaries.Skip(1).ToList());
        var table = new StringBuilder();
        table.Append(CultureInfo.InvariantCulture, $"| | {string.Join(" | ", summaries.Select(summary => summary.System))} |\n");
        table.Append(CultureInfo.InvariantCulture, $"|---|{string.Concat(summaries.Select(_ => "---:|"))}\n");
        foreach (var spread in first.Spreads)
        {
            var cells = others.Select(other => $"{other.SpreadOf(spread.Name)} {Bold(first.RatioTo(other, spread.Name))}".Trim());
            table.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", [spread.Name, spread.ToString(), .. cells])} |\n");
        }
        return table.ToString();
    }

    private static string Bold(Ratio? ratio) => ratio is null ? "" : $"**{ratio}**";
}
