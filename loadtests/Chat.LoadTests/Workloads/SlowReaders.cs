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
    private const double StalledSeconds = 8;

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
        // A part of the readers stalls in each period: who was cut off is of no use in the next one.
        private readonly Queue<Stalling> _stalling = new(
            Enumerable
                .Range(0, plan.Repeat)
                .Select(period => new Stalling(system.Dialect, [.. pairs.Where((_, number) => number % OneIn == period)]))
        );
        private readonly Generator _healthy = new(system.Dialect, [.. pairs.Where((_, number) => number % OneIn >= plan.Repeat)]);

        public void KeepAlive()
        {
            _healthy.PingAll();
            foreach (var stalling in _stalling)
                stalling.Load.PingAll();
        }

        public Task WarmUpAsync(CancellationToken cancellation)
        {
            _healthy.Run(TimeSpan.FromSeconds(plan.WarmUp), plan.Rate);
            return Task.CompletedTask;
        }

        public async Task<Sample> MeasureAsync(CancellationToken cancellation)
        {
            using var stalling = _stalling.Dequeue();
            var stalled = Math.Min(StalledSeconds, plan.Seconds / 2.0);
            // The same messages before and after, so that they are not what memory grows by.
            var quiet = Run(stalling, plan.Seconds / 4.0);
            await system.CollectAsync(cancellation);
            var before = system.Processes.ReadBytes("nodes");
            stalling.Load.Stall(ReceiveBuffer);
            var disturbed = Run(stalling, stalled);
            await system.CollectAsync(cancellation);
            var grown = system.Processes.ReadBytes("nodes") - before;
            disturbed.Add(Run(stalling, plan.Seconds * 3 / 4.0 - stalled));
            var cut = stalling.Pairs.Count(pair => pair.Receiver.WasReset());
            Figure[] figures =
            [
                new Figure($"RSS growth while {stalling.Pairs.Length} stall", grown / 1024 / 1024, "MB"),
                new Figure("cut off by the end", 100.0 * cut / stalling.Pairs.Length, "%"),
                .. Figures.Percentiles("quiet deliver", quiet),
                .. Figures.Percentiles("deliver to the others", disturbed),
            ];
            return new Sample(figures, [Figures.Curve("quiet", quiet), Figures.Curve("beside stalled", disturbed)]);
        }

        public async Task<string> VerifyAsync(CancellationToken cancellation) =>
            $"{await system.CheckAsync(pairs, cancellation)} messages, each stored once; those of the others delivered in order.";

        /// <summary>How late the healthy readers got theirs, while each of the others is sent as much a second as by a talkative visitor.</summary>
        private LongHistogram Run(Stalling stalling, double seconds)
        {
            var delivered = new Latencies().Delivered;
            var started = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(started).TotalSeconds < seconds)
            {
                stalling.Load.Run(TimeSpan.FromSeconds(0.25), 60 * stalling.Pairs.Length);
                delivered.Add(_healthy.Run(TimeSpan.FromSeconds(0.75), plan.Rate).Delivered);
                // Those of later periods read and ping.
                foreach (var later in _stalling)
                    later.Load.Idle(TimeSpan.FromMilliseconds(1));
            }
            return delivered;
        }

        public ValueTask DisposeAsync()
        {
            _healthy.Dispose();
            foreach (var stalling in _stalling)
                stalling.Dispose();
            return ValueTask.CompletedTask;
        }
    }

    private sealed class Stalling(Dialect dialect, Pair[] pairs) : IDisposable
    {
        public Pair[] Pairs => pairs;

        public Generator Load { get; } = new(dialect, pairs);

        public void Dispose() => Load.Dispose();
    }
}
