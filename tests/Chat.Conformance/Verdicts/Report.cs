using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Chat.Conformance.Verdicts;

/// <summary>The results for people (scenario × client), for programs (CTRF), and for scripts (exit code).</summary>
internal static class Report
{
    private const int Passed = 0;
    private const int Failed = 1;
    private const int NotAllRun = 3;

    /// <summary>What was not run is no success: a client that passes shows that it can do all that is asked.</summary>
    public static int ExitCode(IReadOnlyList<Result> results) =>
        results.Any(r => r.Fault is not null) ? Failed
        : results.All(r => r.HasPassed) ? Passed
        : NotAllRun;

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
        var (passed, failed) = (results.Count(r => r.HasPassed), results.Count(r => r.Fault is not null));
        return string.Join('\n', [.. lines, "", $"{passed} passed, {failed} failed, {results.Count - passed - failed} not run"]);
    }

    public static async Task WriteAsync(string path, IReadOnlyList<Result> results)
    {
        var tests = results.Select(r => new
        {
            Name = $"{r.Driver.Name}: {r.Scenario.Name}",
            Status = r.Fault is not null ? "failed"
            : r.NotRun is not null ? "skipped"
            : "passed",
            Duration = (long)r.Took.TotalMilliseconds,
            Message = r.Fault ?? r.NotRun,
        });
        var summary = new
        {
            Tests = results.Count,
            Passed = results.Count(r => r.HasPassed),
            Failed = results.Count(r => r.Fault is not null),
            Skipped = results.Count(r => r is { Fault: null, NotRun: not null }),
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
            { Fault: not null } => "FAILED",
            { NotRun: { } why } => $"not run: {why}",
            _ => string.Create(CultureInfo.InvariantCulture, $"ok, {result.Took.TotalSeconds:0.0} s, {result.Connects} connects"),
        };
}
