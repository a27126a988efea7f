using Chat.LoadTests.Load;
using Chat.LoadTests.Runs;
using Chat.LoadTests.Systems;

namespace Chat.LoadTests.Workloads;

/// <summary>W6: typing between two people on different nodes, beside a quiet durable load that it must not disturb.</summary>
internal sealed class Typing : IWorkload
{
    private const int Messages = 300;

    public string Name => "W6";

    public string Title => $"typing, beside {Messages} messages/s";

    public string Unit => "conversations";

    public Plan Default => new() { Rate = 5000, Seconds = 16 };

    public async Task<IExercise> PrepareAsync(ISystem system, Plan plan, CancellationToken cancellation)
    {
        await system.PrepareAsync(plan.Count, cancellation);
        var pairs = await Crowd.ConnectAsync(
            plan.Count,
            number => system.Talk(number, apart: true),
            pair => [pair.Sender, pair.Receiver],
            system.Dialect,
            cancellation
        );
        return new Exercise(system, plan, pairs);
    }

    private sealed class Exercise(ISystem system, Plan plan, Pair[] pairs) : IExercise
    {
        private readonly Generator _generator = new(system.Dialect, pairs);

        public void KeepAlive() => _generator.PingAll();

        public Task WarmUpAsync(CancellationToken cancellation)
        {
            _generator.Run(TimeSpan.FromSeconds(plan.WarmUp), Messages, plan.Rate);
            return Task.CompletedTask;
        }

        public Task<Sample> MeasureAsync(CancellationToken cancellation)
        {
            var half = TimeSpan.FromSeconds(plan.Seconds / 2.0);
            var before = system.Processes.ReadCpu();
            var quiet = _generator.Run(half, Messages);
            var between = system.Processes.ReadCpu();
            var ephemerals = _generator.Ephemerals;
            var disturbed = _generator.Run(half, Messages, plan.Rate);
            var after = system.Processes.ReadCpu();
            var notices = plan.Rate * half.TotalSeconds;
            // What the same durable load costs alone is taken off.
            var typing = after.ToDictionary(c => c.Key, c => c.Value - between[c.Key] - (between[c.Key] - before[c.Key]));
            Figure[] figures =
            [
                .. Figures.Cpu([], typing, notices, "event"),
                new Figure("delivered", 100 * (_generator.Ephemerals - ephemerals) / notices, "%"),
                .. Figures.Percentiles("quiet deliver", quiet.Delivered),
                .. Figures.Percentiles("deliver beside typing", disturbed.Delivered),
            ];
            return Task.FromResult(
                new Sample(figures, [Figures.Curve("quiet", quiet.Delivered), Figures.Curve("beside typing", disturbed.Delivered)])
            );
        }

        public async Task<string> VerifyAsync(CancellationToken cancellation) =>
            $"{await system.CheckAsync(pairs, cancellation)} messages, each stored once and delivered in order.";

        public ValueTask DisposeAsync()
        {
            _generator.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
