using System.Collections.Concurrent;
using System.Diagnostics;
using Chat.Conformance.Drivers;
using Chat.Conformance.Scenarios;
using Chat.Conformance.Verdicts;

namespace Chat.Conformance;

/// <summary>Runs scenarios with clients.</summary>
internal sealed class Runner(Service service, int seed)
{
    // More would measure the machine and not the clients.
    private const int AtOnce = 4;

    public async Task<IReadOnlyList<Result>> RunAsync(IReadOnlyList<Scenario> scenarios, IReadOnlyList<Driver> drivers)
    {
        var results = new ConcurrentBag<Result>();
        var runs = scenarios.SelectMany(scenario => drivers.Select(driver => (scenario, driver))).ToList();
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce };
        await Parallel.ForEachAsync(
            runs.Where(run => !run.scenario.IsAlone),
            options,
            async (run, _) => results.Add(await RunOneAsync(run.scenario, run.driver))
        );
        foreach (var (scenario, driver) in runs.Where(run => run.scenario.IsAlone))
            results.Add(await RunOneAsync(scenario, driver));
        return [.. results.OrderBy(r => scenarios.ToList().IndexOf(r.Scenario))];
    }

    private async Task<Result> RunOneAsync(Scenario scenario, Driver driver)
    {
        var started = Stopwatch.GetTimestamp();
        var connects = 0;
        string? fault = null;
        try
        {
            await using var stage = await Stage.StartAsync(service, driver, seed, scenario.Weather);
            if (scenario.NeedsStorage && !stage.IsDurable)
                return new Result(scenario, driver, TimeSpan.Zero, 0, Fault: null) { IsSkipped = true };
            await scenario.Trouble(stage);
            if (!stage.IsOver)
                fault = await JudgeAsync(stage);
            connects = stage.Proxy.Connects;
        }
        catch (Exception e)
        {
            fault = e.ToString();
        }
        var result = new Result(scenario, driver, Stopwatch.GetElapsedTime(started), connects, fault);
        await Console.Error.WriteLineAsync($"{driver.Name}: {scenario.Name}: {fault ?? "ok"} ({result.Took.TotalSeconds:0.0} s)");
        return result;
    }

    /// <summary>Everything is read, then two more come: so that a count of unread messages can be wrong.</summary>
    private async Task<string?> JudgeAsync(Stage stage)
    {
        var settled = await stage.SettleAsync();
        await stage.ReadAsync();
        await stage.TalkBackAsync(settled.Conversation, 2);
        var client = await stage.SettleAsync();
        var faults = Verdict.Of(client, await service.ReadAsync(), stage);
        return faults.Count == 0 ? null : string.Join('\n', faults);
    }
}
