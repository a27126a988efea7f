using System.Collections.Concurrent;
using System.Diagnostics;
using Chat.Conformance.Drivers;
using Chat.Conformance.Scenarios;
using Chat.Conformance.Verdicts;

namespace Chat.Conformance;

/// <summary>Runs scenarios with clients.</summary>
internal sealed class Runner(Service service, int seed, int busyAtOnce = Runner.BusyAtOnce)
{
    // More would measure the machine and not the clients.
    private const int BusyAtOnce = 5;
    private const int PatientAtOnce = 16;
    private const int TogetherAtOnce = 8;

    public Task<IReadOnlyList<Result>> RunAsync(IReadOnlyList<Scenario> scenarios, IReadOnlyList<Driver> drivers) =>
        RunAsync([.. scenarios.SelectMany(scenario => drivers.Select(driver => (scenario, driver)))]);

    public async Task<IReadOnlyList<Result>> RunAsync(IReadOnlyList<(Scenario scenario, Driver driver)> all)
    {
        var results = new ConcurrentBag<Result>();
        var runs = all.ToLookup(run => run.scenario.Group);
        await Task.WhenAll(
            RunSideBySideAsync(runs[null].Where(run => run.scenario.IsPatient), PatientAtOnce, results),
            RunSideBySideAsync(runs[null].Where(run => !run.scenario.IsPatient), busyAtOnce, results)
        );
        foreach (var group in runs.Where(group => group.Key is not null))
        {
            foreach (var some in group.Select(run => run.driver).Distinct().Chunk(TogetherAtOnce))
            {
                var together = group.Where(run => some.Contains(run.driver)).ToList();
                var meeting = new Meeting(together.Count);
                await Task.WhenAll(together.Select(async run => results.Add(await RunOneAsync(run.scenario, run.driver, meeting))));
            }
        }
        return [.. results.OrderBy(r => all.ToList().FindIndex(run => run.scenario == r.Scenario && run.driver == r.Driver))];
    }

    private Task RunSideBySideAsync(IEnumerable<(Scenario Scenario, Driver Driver)> runs, int atOnce, ConcurrentBag<Result> results) =>
        Parallel.ForEachAsync(
            runs,
            new ParallelOptions { MaxDegreeOfParallelism = atOnce },
            async (run, _) => results.Add(await RunOneAsync(run.Scenario, run.Driver, new Meeting(participants: 1)))
        );

    private async Task<Result> RunOneAsync(Scenario scenario, Driver driver, Meeting meeting)
    {
        var started = Stopwatch.GetTimestamp();
        var result = new Result(scenario, driver, TimeSpan.Zero, Connects: 0, Fault: null);
        try
        {
            result = scenario.OperatorTrouble is { } trouble
                ? await RunOperatorAsync(result, trouble)
                : await RunVisitorAsync(result, meeting);
        }
        catch (UnknownVerbException e)
        {
            result = result with { NotRun = e.Message };
        }
        catch (ScenarioFault e)
        {
            result = result with { Fault = e.Message };
        }
        catch (Exception e)
        {
            result = result with { Fault = e.ToString() };
        }
        meeting.Leave();
        result = result with { Took = Stopwatch.GetElapsedTime(started) };
        var outcome = result.Fault ?? (result.NotRun is { } why ? $"not run: {why}" : "ok");
        await Console.Error.WriteLineAsync($"{driver.Name}: {scenario.Name}: {outcome} ({result.Took.TotalSeconds:0.0} s)");
        return result;
    }

    private async Task<Result> RunVisitorAsync(Result result, Meeting meeting)
    {
        await using var stage = await Stage.StartAsync(service, result.Driver, seed, result.Scenario, meeting);
        if (result.Scenario.NeedsStorage && !stage.Device.IsDurable)
            return result with { NotRun = "no storage" };
        await result.Scenario.Trouble(stage);
        return result with { Fault = stage.IsOver ? null : await JudgeAsync(stage), Connects = stage.Proxy.Connects };
    }

    private async Task<Result> RunOperatorAsync(Result result, Func<OperatorStage, Task> trouble)
    {
        await using var stage = await OperatorStage.StartAsync(service, result.Driver, seed);
        await trouble(stage);
        return result with { Connects = stage.Proxy.Connects };
    }

    /// <summary>Everything is read, then two more come: so that a count of unread messages can be wrong.</summary>
    private async Task<string?> JudgeAsync(Stage stage)
    {
        var faults = new List<string>();
        foreach (var talk in stage.Talks)
        {
            var settled = await stage.SettleAsync(talk);
            await stage.ReadAsync(talk);
            await stage.TalkBackAsync(settled.Conversation, 2);
            var client = await stage.SettleAsync(talk);
            var stored = await service.ReadAsync();
            faults.AddRange(Verdict.Of(client, stored, talk, stage.IsWhole));
            var id = client.Conversation.ToString();
            var events = stored.Events(client.Conversation);
            foreach (var other in stage.Devices.Skip(1))
            {
                await other.UntilAsync(id, events.Count, stored.Epoch);
                // How far the first device has read comes by itself.
                var shown = await other.UntilShownAsync(
                    id,
                    log => log.Unread == Verdict.UnreadOf(events, talk),
                    "the right count of unread"
                );
                faults.AddRange(Verdict.Of(shown, stored, talk, stage.IsWhole).Select(fault => $"on another device: {fault}"));
            }
        }
        return faults.Count == 0 ? null : string.Join('\n', faults);
    }
}
