using System.Text;
using System.Text.Json;

namespace Chat.LoadTests.Runs;

/// <summary>What a run leaves: JSON for programs, a plot, and a row for each system in the table of its workload in RESULTS.md.</summary>
internal static class Records
{
    private const string Head =
        "| When, commit, machine | Run | System | Figures: median (least–most) | Chat for one of its |\n|---|---|---|---|---|\n";

    // Of many figures these are worth a row; the rest is in the JSON.
    private static readonly string[] Left = ["max", "CPU "];

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
        var file = Path.Combine(folder.FullName, "RESULTS.md");
        var text = File.Exists(file) ? await File.ReadAllTextAsync(file, cancellation) : "# Results\n";
        foreach (var summary in summaries)
            text = WithRow(text, $"## {workload.Name} {workload.Title}", Row(machine, workload, plan, summaries[0], summary));
        await File.WriteAllTextAsync(file, text, cancellation);
    }

    private static string Row(Machine machine, IWorkload workload, Plan plan, Summary first, Summary summary)
    {
        var kept = summary.Spreads.Where(s => !Left.Any(left => s.Name.Contains(left, StringComparison.Ordinal))).ToList();
        var figures = string.Join("; ", kept.Select(spread => $"{spread.Name} {spread}"));
        var ratios = ReferenceEquals(first, summary)
            ? ""
            : string.Join(
                "; ",
                kept.Select(spread => (spread.Name, Ratio: first.Ratio(summary, spread.Name)))
                    .Where(r => r.Ratio is not null)
                    .Select(r => $"{r.Name} ×{Spread.Number(r.Ratio!.Value)}")
            );
        var run = $"{plan.Count} {workload.Unit}, {plan.Mode}, {plan.Repeat} × {plan.Seconds} s";
        return $"| {machine.At:yyyy-MM-dd}, {machine.Commit}, {machine.Processors} × {machine.Model}, load {machine.Load} | {run} | {summary.System} | {figures} | {ratios} |\n";
    }

    private static string WithRow(string text, string heading, string row)
    {
        var at = text.IndexOf(heading, StringComparison.Ordinal);
        if (at < 0)
            return $"{text.TrimEnd()}\n\n{heading}\n\n{Head}{row}";
        var end = text.IndexOf("\n## ", at + 1, StringComparison.Ordinal);
        var section = end < 0 ? text[at..] : text[at..end];
        var table = section.TrimEnd().EndsWith('|') ? "" : $"\n{Head}";
        return new StringBuilder(text[..at])
            .Append(section.TrimEnd())
            .Append('\n')
            .Append(table)
            .Append(row)
            .Append(end < 0 ? "" : text[end..])
            .ToString();
    }
}
