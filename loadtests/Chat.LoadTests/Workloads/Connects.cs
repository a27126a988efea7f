using System.Diagnostics;
using Chat.LoadTests.Load;
using Chat.LoadTests.Runs;
using Chat.LoadTests.Sockets;
using Chat.LoadTests.Systems;
using HdrHistogram;

namespace Chat.LoadTests.Workloads;

/// <summary>W2: TCP, upgrade, token, Hello of people who have a conversation: what a deployment or a recovered network makes everybody do.</summary>
internal sealed class Connects : IWorkload
{
    public string Name => "W2";

    public string Title => "connect, authenticate, resume";

    public string Unit => "connects";

    public Plan Default => new() { Count = 3000, WarmUp = 8 };

    public async Task<IExercise> PrepareAsync(ISystem system, Plan plan, CancellationToken cancellation)
    {
        await system.PrepareAsync(plan.Count, cancellation);
        foreach (
            var link in await Crowd.ConnectAsync(
                plan.Count,
                person => system.Join(person, conversations: 1),
                link => [link],
                system.Dialect,
                cancellation
            )
        )
            link.Dispose();
        return new Exercise(system, plan);
    }

    private sealed class Exercise(ISystem system, Plan plan) : IExercise
    {
        private readonly Lock _gate = new();
        private long _made;

        public async Task WarmUpAsync(CancellationToken cancellation)
        {
            var end = Stopwatch.GetTimestamp() + plan.WarmUp * Stopwatch.Frequency;
            while (Stopwatch.GetTimestamp() < end)
                await ConnectAllAsync(new Latencies(), cancellation);
        }

        public async Task<Sample> MeasureAsync(CancellationToken cancellation)
        {
            var latencies = new Latencies();
            var (cpu, started) = (system.Processes.ReadCpu(), Stopwatch.GetTimestamp());
            await ConnectAllAsync(latencies, cancellation);
            var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            IEnumerable<Figure> figures =
            [
                .. Figures.Cpu(cpu, system.Processes.ReadCpu(), plan.Count, "connect"),
                new Figure("connects", plan.Count / seconds, "/s"),
                .. Figures.Percentiles("connect", latencies.Acknowledged),
            ];
            return new Sample([.. figures], [Figures.Curve("connect → hello", latencies.Acknowledged)]);
        }

        public Task<string> VerifyAsync(CancellationToken cancellation) => Task.FromResult($"{_made} connects, all answered.");

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private async Task ConnectAllAsync(Latencies latencies, CancellationToken cancellation)
        {
            var links = await Crowd.ConnectAsync(
                plan.Count,
                person => Connect(person, latencies.Acknowledged),
                link => [link],
                system.Dialect,
                cancellation
            );
            _made += links.Length;
            foreach (var link in links)
                link.Dispose();
        }

        private WebSocketLink Connect(int person, LongHistogram latencies)
        {
            var started = Stopwatch.GetTimestamp();
            var link = system.Join(person, conversations: 0);
            lock (_gate)
                Latencies.Record(latencies, Stopwatch.GetTimestamp() - started);
            return link;
        }
    }
}
