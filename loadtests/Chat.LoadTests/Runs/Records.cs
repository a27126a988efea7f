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
        var file = Path.Combine(folder.FullName, "RESULTS.md");
        var text = File.Exists(file) ? await File.ReadAllTextAsync(file, cancellation) : "# Results\n";
        var heading = $"### {workload.Name}: {plan.Count} {workload.Unit}, {plan.Mode}";
        var block = new StringBuilder($"{heading}\n\n")
            .Append(
                CultureInfo.InvariantCulture,
                $"{machine.At:yyyy-MM-dd}, commit {machine.Commit}, {machine.Processors} × {machine.Model}, "
            )
            .Append(CultureInfo.InvariantCulture, $"load {machine.Load}, {limits}; {plan.Repeat} × {plan.Seconds} s. ")
            .Append(CultureInfo.InvariantCulture, $"[Plot](results/{name}.png), [JSON](results/{name}.json)\n\n")
            .Append(CultureInfo.InvariantCulture, $"```\n{CommandOf(Environment.GetCommandLineArgs())}\n```\n\n")
            .Append(Table(summaries))
            .ToString();
        await File.WriteAllTextAsync(file, With(text, $"## {workload.Name} {workload.Title}", heading, block), cancellation);
    }

    private static string CommandOf(IEnumerable<string> arguments) =>
        $"dotnet run -c Release --project loadtests/Chat.LoadTests -- {string.Join(' ', arguments.Skip(1))}";

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

    /// <summary>The text with the block below its section's heading, in the place of one with the same heading of its own.</summary>
    private static string With(string text, string section, string heading, string block)
    {
        var sections = Split(text, "## ");
        var at = sections.FindIndex(part => part.StartsWith(section + "\n", StringComparison.Ordinal));
        if (at < 0)
        {
            sections.Add($"{section}\n");
            at = sections.Count - 1;
        }
        var blocks = Split(sections[at], "### ");
        var old = blocks.FindIndex(part => part.StartsWith(heading + "\n", StringComparison.Ordinal));
        if (old < 0)
            blocks.Add(block);
        else
            blocks[old] = block;
        sections[at] = string.Join("\n\n", blocks.Select(part => part.TrimEnd()));
        return string.Join("\n\n", sections.Select(part => part.TrimEnd())) + "\n";
    }

    /// <summary>What stands before the first line that begins so, and each such line with what follows it.</summary>
    private static List<string> Split(string text, string mark)
    {
        var parts = new List<string>();
        foreach (var line in text.Split('\n'))
        {
            if (parts.Count == 0 || line.StartsWith(mark, StringComparison.Ordinal))
                parts.Add(line + "\n");
            else
                parts[^1] += line + "\n";
        }
        return parts;
    }
}
