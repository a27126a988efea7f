using System.Diagnostics;
using Chat.LoadTests.Load;
using Chat.LoadTests.Runs;
using Chat.LoadTests.Sockets;
using Chat.LoadTests.Systems;

namespace Chat.LoadTests.Workloads;

/// <summary>W10: one reader in a hundred stops reading while long messages come; what that costs the node and the others.</summary>
internal sealed class SlowReaders : IWorkload
{
    private const int OneIn = 100;
    private const int BodyLength = 7000;

    // Small, so that what is not read is the server's matter soon.
    private const int ReceiveBuffer = 4096;

    public string Name => "W10";

    public string Title => "1 % of the readers stop reading";

    public string Unit => "conversations";

    public Plan Default =>
        new()
        {
            Count = 500,
            Rate = 500,
            Seconds = 60,
        };

    public async Task<IExercise> PrepareAsync(ISystem system, Plan plan, CancellationToken cancellation)
    {
        await system.PrepareAsync(plan.Count, cancellation);
        var body = string.Concat(Enumerable.Repeat(Dialect.Body, BodyLength / Dialect.Body.Length));
        var pairs = await Crowd.ConnectAsync(
            plan.Count,
            number => system.Talk(number, apart: true, body),
            pair => [pair.Sender, pair.Receiver],
            system.Dialect,
            cancellation
        );
        foreach (var pair in pairs.Where((_, number) => number % OneIn == 0))
        {
            pair.IsStalled = true;
            pair.Receiver.LimitReceiveBuffer(ReceiveBuffer);
        }
        return new Exercise(system, plan, pairs);
    }

    private sealed class Exercise(ISystem system, Plan plan, Pair[] pairs) : IExercise
    {
        private readonly Generator _healthy = new(system.Dialect, [.. pairs.Where(pair => !pair.IsStalled)]);
        private readonly Generator _silent = new(system.Dialect, [.. pairs.Where(pair => pair.IsStalled)]);
        private readonly Pair[] _stalled = [.. pairs.Where(pair => pair.IsStalled)];

        public Task WarmUpAsync(CancellationToken cancellation)
        {
            _healthy.Run(TimeSpan.FromSeconds(plan.WarmUp), plan.Rate);
            return Task.CompletedTask;
        }

        public async Task<Sample> MeasureAsync(CancellationToken cancellation)
        {
            var quiet = _healthy.Run(TimeSpan.FromSeconds(plan.Seconds / 4.0), plan.Rate);
            await system.CollectAsync(cancellation);
            var before = system.Processes.ReadBytes("nodes");
            var started = Stopwatch.GetTimestamp();
            var disturbed = new Latencies();
            // Each stalled reader gets as much a second as he would alone with a talkative visitor.
            while (Stopwatch.GetElapsedTime(started).TotalSeconds < plan.Seconds * 3 / 4.0)
            {
                _silent.Run(TimeSpan.FromSeconds(0.25), 60 * _stalled.Length);
                var slice = _healthy.Run(TimeSpan.FromSeconds(0.75), plan.Rate);
                disturbed.Delivered.Add(slice.Delivered);
            }
            await system.CollectAsync(cancellation);
            var grown = (system.Processes.ReadBytes("nodes") - before) / _stalled.Length / 1024;
            var cut = _stalled.Count(pair => pair.Receiver.WasReset());
            Figure[] figures =
            [
                new Figure("RSS growth for each that stalls", grown, "KB"),
                new Figure("cut off by the end", 100.0 * cut / _stalled.Length, "%"),
                .. Figures.Percentiles("quiet deliver", quiet.Delivered),
                .. Figures.Percentiles("deliver to the others", disturbed.Delivered),
            ];
            return new Sample(figures, [Figures.Curve("quiet", quiet.Delivered), Figures.Curve("beside stalled", disturbed.Delivered)]);
        }

        public async Task<string> VerifyAsync(CancellationToken cancellation) =>
            $"{await system.CheckAsync(pairs, cancellation)} messages, each stored once; those of the others delivered in order.";

        public ValueTask DisposeAsync()
        {
            _healthy.Dispose();
            _silent.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
