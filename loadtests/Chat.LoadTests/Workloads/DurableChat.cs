using System.Diagnostics;
using Chat.LoadTests.Load;
using Chat.LoadTests.Meters;
using Chat.LoadTests.Runs;
using Chat.LoadTests.Systems;

namespace Chat.LoadTests.Workloads;

/// <summary>W3: messages from visitors to operators on other nodes, acknowledged after the commit.</summary>
internal sealed class DurableChat : IWorkload
{
    public string Name => "W3";

    public string Title => "durable 1:1 chat between nodes";

    public string Unit => "conversations";

    public Plan Default => new();

    public async Task<IExercise> PrepareAsync(ISystem system, Plan plan, CancellationToken cancellation) =>
        await DurableChatExercise.PrepareAsync(system, plan, apart: true, cancellation);
}

/// <summary>Pairs under one load.</summary>
internal sealed class DurableChatExercise : IExercise
{
    private readonly ISystem _system;
    private readonly Plan _plan;
    private readonly IReadOnlyList<Pair> _pairs;
    private readonly Generator _generator;

    private DurableChatExercise(ISystem system, Plan plan, IReadOnlyList<Pair> pairs)
    {
        (_system, _plan, _pairs) = (system, plan, pairs);
        _generator = new Generator(system.Dialect, pairs);
    }

    public IReadOnlyList<Pair> Pairs => _pairs;

    public static async Task<DurableChatExercise> PrepareAsync(ISystem system, Plan plan, bool apart, CancellationToken cancellation)
    {
        await system.PrepareAsync(plan.Count, cancellation);
        var pairs = await Crowd.ConnectAsync(
            plan.Count,
            number => system.Talk(number, apart),
            pair => [pair.Sender, pair.Receiver],
            system.Dialect,
            cancellation
        );
        return new DurableChatExercise(system, plan, pairs);
    }

    public void KeepAlive() => _generator.PingAll();

    public Task WarmUpAsync(CancellationToken cancellation)
    {
        _generator.Run(TimeSpan.FromSeconds(_plan.WarmUp), _plan.Rate);
        return Task.CompletedTask;
    }

    public Task<Sample> MeasureAsync(CancellationToken cancellation)
    {
        // Others were measured meanwhile: whoever was taken for dead shows it here.
        _generator.Idle(TimeSpan.FromMilliseconds(200));
        var (cpu, own, sent, started) = (_system.Processes.ReadCpu(), ProcessMeter.OwnCpu(), Sent(), Stopwatch.GetTimestamp());
        var latencies = _generator.Run(TimeSpan.FromSeconds(_plan.Seconds), _plan.Rate);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var messages = Sent() - sent;
        IEnumerable<Figure> figures =
        [
            new Figure("messages", messages / seconds, "msg/s"),
            .. Figures.Cpu(cpu, _system.Processes.ReadCpu(), messages, "msg"),
            new Figure("CPU generator", (ProcessMeter.OwnCpu() - own) / messages, "µs/msg"),
            .. Figures.Percentiles("ack", latencies.Acknowledged),
            .. Figures.Percentiles("deliver", latencies.Delivered),
        ];
        return Task.FromResult(new Sample([.. figures], Figures.Curves(latencies)));
    }

    public async Task<string> VerifyAsync(CancellationToken cancellation)
    {
        var stored = await _system.CheckAsync(_pairs, cancellation);
        return $"{stored} messages, each stored once and delivered in order.";
    }

    public ValueTask DisposeAsync()
    {
        _generator.Dispose();
        return ValueTask.CompletedTask;
    }

    private double Sent() => _pairs.Sum(pair => (double)pair.Sent);
}
