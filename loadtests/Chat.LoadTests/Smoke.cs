using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Chat.LoadTests.Runs;
using Chat.LoadTests.Systems;
using Chat.LoadTests.Workloads;
using Npgsql;

namespace Chat.LoadTests;

/// <summary>
/// Every workload in small on one system, for the oracles and never for timings; and proof that an oracle can fail. Results as CTRF, which
/// <c>tests/run</c> reads.
/// </summary>
internal static class Smoke
{
    private static readonly Plan Small = new()
    {
        Count = 20,
        Seconds = 2,
        WarmUp = 0,
        Rate = 100,
    };

    public static async Task<int> RunAsync(FileInfo? results, string filter)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(4));
        (string Name, Func<ChatSystem, Task> Run)[] tests =
        [
            .. Workloads()
                .Select(w =>
                    ($"load: {w.Workload.Name} {w.Workload.Title} ({w.Plan.Mode}) keeps its oracle", Of(w.Workload, w.Plan, limit.Token))
                ),
            ("load: every workload takes the addresses of a running cluster", _ => ReadTargets()),
            ("load: a message that was acknowledged and is gone has no score", system => LoseOneAsync(system, limit.Token)),
        ];
        tests = [.. tests.Where(test => test.Name.Contains(filter, StringComparison.OrdinalIgnoreCase))];
        var done = new List<Test>();
        if (tests.Length > 0)
        {
            // A restart is as long as draining takes, of which there is little here.
            await using var system = await ChatSystem.StartAsync(2, ["Drain__Window=00:00:03", "Drain__CloseAfter=00:00:01"], limit.Token);
            foreach (var (name, run) in tests)
                done.Add(await RunAsync(name, () => run(system)));
        }
        if (results is not null)
            await WriteAsync(results, done);
        return done.All(test => test.Status == "passed") ? 0 : 1;
    }

    /// <summary>Only read: nothing is asked of them.</summary>
    private static Task ReadTargets()
    {
        var target = new TargetOptions();
        var command = new Command("any", "Any workload.");
        target.AddTo(command);
        var read = target.Read(
            command.Parse(["--target", "http://one:8080", "http://two:8080", "--inbox", "shop", "--operator", "o@example.org"])
        );
        if (read?.Addresses.Select(address => address.Host).SequenceEqual(["one", "two"]) != true)
            throw new InvalidOperationException("--target was not read");
        if (command.Parse(["--target", "nonsense"]).Errors.Count == 0)
            throw new InvalidOperationException("--target took what is no address");
        return Task.CompletedTask;
    }

    private static IEnumerable<(IWorkload Workload, Plan Plan)> Workloads() =>
        [
            (new Idle(), Small with { Count = 50 }),
            (new Connects(), Small with { Count = 50 }),
            (new DurableChat(), Small with { Rate = 0 }),
            (new DurableChat(), Small),
            (new CrossNode(), Small),
            (new Broadcast(), Small with { Count = 50 }),
            (new Typing(), Small with { Rate = 300 }),
            (new History(), Small with { Count = 20_000, Rate = 0 }),
            (new NodeLoss(), Small),
            (new SlowReaders(), Small),
            (new RollingRestart(), Small),
        ];

    private static Func<ChatSystem, Task> Of(IWorkload workload, Plan plan, CancellationToken cancellation) =>
        async system =>
        {
            await using var exercise = await workload.PrepareAsync(system, plan, cancellation);
            await exercise.WarmUpAsync(cancellation);
            await exercise.MeasureAsync(cancellation);
            Screen.Say(await exercise.VerifyAsync(cancellation));
        };

    private static async Task LoseOneAsync(ChatSystem system, CancellationToken cancellation)
    {
        await using var exercise = await DurableChatExercise.PrepareAsync(system, Small, apart: true, cancellation);
        await exercise.MeasureAsync(cancellation);
        await using var source = NpgsqlDataSource.Create(system.Database);
        await using var command = source.CreateCommand($"DELETE FROM event WHERE conversation_id = '{exercise.Pairs[0].Id}' AND seq = 2");
        await command.ExecuteNonQueryAsync(cancellation);
        string? noticed = null;
        try
        {
            await exercise.VerifyAsync(cancellation);
        }
        catch (InvalidOperationException e)
        {
            noticed = e.Message;
        }
        if (noticed is null)
            throw new InvalidOperationException("The oracle did not notice it.");
    }

    private static async Task<Test> RunAsync(string name, Func<Task> run)
    {
        var started = Stopwatch.GetTimestamp();
        string? message = null;
        try
        {
            await run();
        }
        catch (Exception e)
        {
            message = e.ToString();
        }
        Screen.Say($"{(message is null ? "passed" : "FAILED")} {name} {message}");
        return new Test(name, message is null ? "passed" : "failed", message, (long)Stopwatch.GetElapsedTime(started).TotalMilliseconds);
    }

    private static async Task WriteAsync(FileInfo file, List<Test> tests)
    {
        var passed = tests.Count(test => test.Status == "passed");
        var ctrf = new
        {
            results = new
            {
                tool = new { name = "Chat.LoadTests" },
                summary = new
                {
                    tests = tests.Count,
                    passed,
                    failed = tests.Count - passed,
                    skipped = 0,
                },
                tests,
            },
        };
        await File.WriteAllTextAsync(file.FullName, JsonSerializer.Serialize(ctrf, JsonSerializerOptions.Web));
    }

    private sealed record Test(string Name, string Status, string? Message, long Duration);
}
