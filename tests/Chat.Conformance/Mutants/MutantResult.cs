using System.Globalization;
using Chat.Conformance.Drivers;
using Chat.Conformance.Scenarios;
using Chat.Conformance.Verdicts;

namespace Chat.Conformance.Mutants;

/// <summary>How a mutant did.</summary>
/// <param name="Case">Which.</param>
/// <param name="Result">Of its scenario; null: there is no such scenario.</param>
internal sealed record MutantResult(MutantCase Case, Result? Result)
{
    private const int WordsShown = 160;

    /// <summary>Who says that it has no storage is told apart from those that pass: that is what kills this one, and no other.</summary>
    public bool IsKilled => Case.Defect == Defect.NotDurable ? Result is { NotRun: not null } : Result is { Fault: not null };

    private string Verdict =>
        Result switch
        {
            null => "there is no such scenario",
            { NotRun: { } why } => $"not run: {why}",
            { Fault: { } fault } => FirstLine(fault),
            _ => "SURVIVED",
        };

    /// <summary>As one of the suite: passed is what was killed.</summary>
    public Result ToResult()
    {
        var scenario = Result?.Scenario ?? new Scenario(Case.Scenario, _ => Task.CompletedTask);
        var driver = Result?.Driver ?? new Driver($"mutant {Case.Defect}", []);
        var fault = IsKilled ? null : $"{Verdict}. It goes against {Case.Section}: \"{Case.Rule}\".";
        return new Result(scenario, driver, Result?.Took ?? TimeSpan.Zero, Result?.Connects ?? 0, fault);
    }

    public static string Table(IReadOnlyList<MutantResult> results)
    {
        var killed = results.Count(one => one.IsKilled);
        return string.Join(
            '\n',
            [
                "| Defect | Rule | Scenario | Killed by | Took |",
                "|---|---|---|---|---|",
                .. results.Select(one => one.Line()),
                $"{killed} of {results.Count} mutants killed",
            ]
        );
    }

    private string Line()
    {
        var took = string.Create(CultureInfo.InvariantCulture, $"{Result?.Took.TotalSeconds ?? 0:0.0} s");
        return $"| {Case.Defect} | {Case.Section}: {Case.Rule} | {Case.Scenario} | {Verdict} | {took} |";
    }

    private static string FirstLine(string fault)
    {
        var line = fault.Split('\n')[0].Replace('|', '/');
        return line.Length > WordsShown ? line[..WordsShown] + "…" : line;
    }
}
