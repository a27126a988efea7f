using Chat.Conformance.Drivers;
using Chat.Conformance.Scenarios;
using Chat.Conformance.Verdicts;

namespace Chat.Conformance.Mutants;

/// <summary>Runs each mutant alone, with the one scenario that must see its defect. One that passes has survived: the suite is blind there.</summary>
internal sealed class MutantRun(Service service, int seed, IReadOnlyList<Scenario> scenarios)
{
    // They wait much more than they work.
    private const int AtOnce = 10;
    private const int Parts = 10;

    private readonly Runner _runner = new(service, seed, AtOnce);

    /// <param name="which"><c>all</c>, <c>tenth</c>, <c>none</c> (the client without a defect, in all scenarios), or the name of a defect.</param>
    /// <param name="commit">The number that chooses the tenth.</param>
    /// <param name="output">Gets the tables.</param>
    /// <returns>Results as those of clients: passed are the client without a defect where it is right, and mutants that were killed.</returns>
    public async Task<IReadOnlyList<Result>> RunAsync(string which, int commit, TextWriter output)
    {
        var cases = Choose(which, commit);
        if (cases.Count > 0)
            // Long enough for the client without a defect, and not too long for those that never get there.
            (Patience.ToSettle, Patience.ToShow) = (TimeSpan.FromSeconds(25), TimeSpan.FromSeconds(15));
        await output.WriteLineAsync($"\nmutants: {string.Join(", ", cases.Select(one => one.Defect))}");
        var right = which == "none" ? scenarios : scenarios.Where(scenario => cases.Any(one => one.Scenario == scenario.Name));
        var mutants = cases.Where(one => Find(one) is not null).ToDictionary(one => DriverOf(one.Defect));
        var none = DriverOf(Defect.None);
        // The right client goes the same way: else what kills a mutant may be something else than its defect.
        var results = await _runner.RunAsync([
            .. right.Select(scenario => (scenario, none)),
            .. mutants.Select(mutant => (Find(mutant.Value)!, mutant.Key)),
        ]);
        var verdicts = cases
            .Select(one => new MutantResult(one, results.FirstOrDefault(r => mutants.GetValueOrDefault(r.Driver) == one)))
            .ToList();
        // A busy machine hides what comes too early or too often: whoever seems to survive is tried once more, with less beside it.
        foreach (var (mutant, one) in mutants.Where(pair => verdicts.Exists(verdict => verdict.Case == pair.Value && !verdict.IsKilled)))
            verdicts[verdicts.FindIndex(verdict => verdict.Case == one)] = new MutantResult(
                one,
                (await _runner.RunAsync([(Find(one)!, mutant)])).Single()
            );
        var rightOnes = results.Where(r => r.Driver == none).ToList();
        await output.WriteLineAsync(Report.Table(rightOnes));
        await output.WriteLineAsync(MutantResult.Table(verdicts));
        return [.. rightOnes, .. verdicts.Select(verdict => verdict.ToResult())];
    }

    private static IReadOnlyList<MutantCase> Choose(string which, int commit)
    {
        var all = MutantCase.ReadAll();
        return which switch
        {
            "all" => all,
            "none" => [],
            "tenth" => [.. all.Where(one => one.Index % Parts == commit % Parts)],
            _ => [.. all.Where(one => one.Defect == Enum.Parse<Defect>(which, ignoreCase: true))],
        };
    }

    private Scenario? Find(MutantCase one) => scenarios.FirstOrDefault(scenario => scenario.Name == one.Scenario);

    private static Driver DriverOf(Defect defect) =>
        new($"mutant {defect}", ["dotnet", Path.Combine(AppContext.BaseDirectory, "Chat.Conformance.dll"), "mutant", defect.ToString()]);
}
