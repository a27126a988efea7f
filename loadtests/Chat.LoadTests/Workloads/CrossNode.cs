using System.Diagnostics;
using Chat.LoadTests.Load;
using Chat.LoadTests.Meters;
using Chat.LoadTests.Runs;
using Chat.LoadTests.Systems;

namespace Chat.LoadTests.Workloads;

/// <summary>W4: what it costs a delivery that the receiver is on another node.</summary>
internal sealed class CrossNode : IWorkload
{
    public string Name => "W4";

    public string Title => "delivery to another node against the same node";

    public string Unit => "conversations of each kind";

    public Plan Default => new() { Count = 200, Rate = 1000 };

    public async Task<IExercise> PrepareAsync(ISystem system, Plan plan, CancellationToken cancellation)
    {
        await system.PrepareAsync(2 * plan.Count, cancellation);
        var pairs = await Crowd.ConnectAsync(
            2 * plan.Count,
            number => system.Talk(number, apart: number < plan.Count),
            pair => [pair.Sender, pair.Receiver],
            system.Dialect,
            cancellation
        );
        return new Exercise(system, plan, pairs);
    }

    private sealed class Exercise(ISystem system, Plan plan, Pair[] pairs) : IExercise
    {
        private readonly Generator _apart = new(system.Dialect, pairs[..plan.Count]);
        private readonly Generator _together = new(system.Dialect, pairs[plan.Count..]);

        public void KeepAlive()
        {
            _apart.PingAll();
            _together.PingAll();
        }

        public Task WarmUpAsync(CancellationToken cancellation)
        {
            Run(_apart, plan.WarmUp / 2.0);
            Run(_together, plan.WarmUp / 2.0);
            return Task.CompletedTask;
        }

        public Task<Sample> MeasureAsync(CancellationToken cancellation)
        {
            var (apart, apartCpu) = Half(_apart);
            var (together, togetherCpu) = Half(_together);
            Figure[] figures =
            [
                .. Figures.Percentiles("other node", apart.Delivered),
                .. Figures.Percentiles("same node", together.Delivered),
                .. apartCpu.Zip(togetherCpu, (a, b) => new Figure($"{a.Name}, other node more", a.Value - b.Value, a.Unit)),
            ];
            Curve[] curves = [Figures.Curve("other node", apart.Delivered), Figures.Curve("same node", together.Delivered)];
            return Task.FromResult(new Sample(figures, curves));
        }

        public async Task<string> VerifyAsync(CancellationToken cancellation) =>
            $"{await system.CheckAsync(pairs, cancellation)} messages, each stored once and delivered in order.";

        public ValueTask DisposeAsync()
        {
            _apart.Dispose();
            _together.Dispose();
            return ValueTask.CompletedTask;
        }

        private (Latencies Latencies, List<Figure> Cpu) Half(Generator generator)
        {
            var cpu = system.Processes.ReadCpu();
            var latencies = Run(generator, plan.Seconds / 2.0);
            return (latencies, [.. Figures.Cpu(cpu, system.Processes.ReadCpu(), latencies.Delivered.TotalCount, "msg")]);
        }

        // The others are not to be taken for dead meanwhile.
        private Latencies Run(Generator generator, double seconds)
        {
            var latencies = generator.Run(TimeSpan.FromSeconds(seconds), plan.Rate);
            _apart.Idle(TimeSpan.FromMilliseconds(50));
            _together.Idle(TimeSpan.FromMilliseconds(50));
            return latencies;
        }
    }
}
