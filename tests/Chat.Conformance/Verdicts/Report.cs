using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Chat.Conformance.Verdicts;

/// <summary>The results for people (scenario × client) and for programs (CTRF).</summary>
internal static class Report
{
    public static string Table(IReadOnlyList<Result> results)
    {
        var clients = results.Select(r => r.Driver.Name).Distinct().ToList();
        var lines = new List<string>
        {
            $"| Scenario | {string.Join(" | ", clients)} |",
            $"|---|{string.Concat(Enumerable.Repeat("---|", clients.Count))}",
        };
        foreach (var scenario in results.GroupBy(r => r.Scenario.Name))
        {
            var cells = clients.Select(client => Cell(scenario.FirstOrDefault(r => r.Driver.Name == client)));
            lines.Add($"| {scenario.Key} | {string.Join(" | ", cells)} |");
        }
        return string.Join('\n', lines);
    }

    public static async Task WriteAsync(string path, IReadOnlyList<Result> results)
    {
        var tests = results.Select(r => new
        {
            Name = $"{r.Driver.Name}: {r.Scenario.Name}",
            Status = r.IsSkipped ? "skipped"
            : r.Fault is null ? "passed"
            : "failed",
            Duration = (long)r.Took.TotalMilliseconds,
            Message = r.Fault,
        });
        var skipped = results.Count(r => r.IsSkipped);
        var failed = results.Count(r => r.Fault is not null);
        var summary = new
        {
            Tests = results.Count,
            Passed = results.Count - failed - skipped,
            Failed = failed,
            Skipped = skipped,
            Pending = 0,
            Other = 0,
        };
        JsonNode file = JsonSerializer.SerializeToNode(
            new
            {
                results = new
                {
                    tool = new { name = "conformance" },
                    summary,
                    tests,
                },
            },
            JsonSerializerOptions.Web
        )!;
        await File.WriteAllTextAsync(path, file.ToJsonString());
    }

    private static string Cell(Result? result) =>
        result switch
        {
            null => "",
            { IsSkipped: true } => "no storage",
            { Fault: null } => string.Create(
                CultureInfo.InvariantCulture,
                $"ok, {result.Took.TotalSeconds:0.0} s, {result.Connects} connects"
            ),
            _ => "FAILED",
        };
}
