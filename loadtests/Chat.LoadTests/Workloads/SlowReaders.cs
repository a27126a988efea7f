using System.Diagnostics;
using Chat.LoadTests.Load;
using Chat.LoadTests.Runs;
using Chat.LoadTests.Sockets;
using Chat.LoadTests.Systems;
using HdrHistogram;

namespace Chat.LoadTests.Workloads;

/// <summary>W10: one reader in a hundred stops reading while long messages come; what that costs the node and the others.</summary>
internal sealed class SlowReaders : IWorkload
{
    private const int OneIn = 100;
    private const int BodyLength = 7000;

    // Long enough for everything to be full that may wait for a reader, and shorter than the patience with him.
    private const int StalledSeconds = 8;

    // Small, so that what is not read is the server's matter soon.
    private const int ReceiveBuffer = 4096;

    public string Name => "W10";

    public string Title => "1 % of the readers stop reading";

    public string Unit => "conversations";

    public Plan Default =>
        new()
        {
            Count = 2000,
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
        return new Exercise(system, plan, pairs);
    }

    private sealed class Exercise(ISystem system, Plan plan, Pair[] pairs) : IExercise
    {
        private readonly Generator _healthy = new(system.Dialect, [.. pairs.Where((_, number) => number % OneIn != 0)]);
        private readonly Generator _busy = new(system.Dialect, [.. pairs.Where((_, number) => number % OneIn == 0)]);
        private readonly Pair[] _stalling = [.. pairs.Where((_, number) => number % OneIn == 0)];

        public void KeepAlive()
        {
            _healthy.PingAll();
            _busy.PingAll();
        }

        public Task WarmUpAsync(CancellationToken cancellation)
        {
            _healthy.Run(TimeSpan.FromSeconds(plan.WarmUp), plan.Rate);
            return Task.CompletedTask;
        }

        public async Task<Sample> MeasureAsync(CancellationToken cancellation)
        {
            // The same messages before and after, so that they are not what memory grows by.
            var quiet = Run(plan.Seconds / 4.0);
            await system.CollectAsync(cancellation);
            var before = system.Processes.ReadBytes("nodes");
            _busy.Stall(ReceiveBuffer);
            var disturbed = Run(StalledSeconds);
            await system.CollectAsync(cancellation);
            var grown = system.Processes.ReadBytes("nodes") - before;
            disturbed.Add(Run(plan.Seconds * 3 / 4.0 - StalledSeconds));
            var cut = _stalling.Count(pair => pair.Receiver.WasReset());
            Figure[] figures =
            [
                new Figure($"RSS growth while {_stalling.Length} stall", grown / 1024 / 1024, "MB"),
                new Figure("cut off by the end", 100.0 * cut / _stalling.Length, "%"),
                .. Figures.Percentiles("quiet deliver", quiet),
                .. Figures.Percentiles("deliver to the others", disturbed),
            ];
            return new Sample(figures, [Figures.Curve("quiet", quiet), Figures.Curve("beside stalled", disturbed)]);
        }

        public async Task<string> VerifyAsync(CancellationToken cancellation) =>
            $"{await system.CheckAsync(pairs, cancellation)} messages, each stored once; those of the others delivered in order.";

        /// <summary>How late the healthy readers got theirs, while each of the others is sent as much a second as by a talkative visitor.</summary>
        private LongHistogram Run(double seconds)
        {
            var delivered = new Latencies().Delivered;
            var started = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(started).TotalSeconds < seconds)
            {
                _busy.Run(TimeSpan.FromSeconds(0.25), 60 * _stalling.Length);
                delivered.Add(_healthy.Run(TimeSpan.FromSeconds(0.75), plan.Rate).Delivered);
            }
            return delivered;
        }

        public ValueTask DisposeAsync()
        {
            _healthy.Dispose();
            _busy.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
