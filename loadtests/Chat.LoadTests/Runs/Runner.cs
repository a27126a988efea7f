using Chat.LoadTests.Meters;
using Chat.LoadTests.Systems;
using Spectre.Console;

namespace Chat.LoadTests.Runs;

/// <summary>Starts the systems, measures them in turn (A B, B A …), asks the oracle and tells what came out.</summary>
internal static class Runner
{
    private static readonly TimeSpan PingEvery = TimeSpan.FromSeconds(8);

    public static async Task<int> RunAsync(IWorkload workload, Plan plan)
    {
        // Whatever goes wrong, nothing runs on for ever.
        var systems = plan.Against.Count + 1;
        var bound = TimeSpan.FromSeconds(300 + systems * (180 + plan.WarmUp + plan.Repeat * (plan.Seconds + 30)));
        using var limit = new CancellationTokenSource(bound);
        try
        {
            var probe = LimitProbe.Begin();
            var summaries = await MeasureAsync(workload, plan, limit.Token);
            var limits = probe.End();
            Screen.Show(workload, plan, summaries);
            Screen.Say($"The machine meanwhile: {limits}");
            if (plan.Record is { } folder)
                await Records.WriteAsync(folder, workload, plan, summaries, limits, limit.Token);
            return 0;
        }
        catch (InvalidOperationException e)
        {
            AnsiConsole.MarkupLineInterpolated($"[red]No score.[/] {e.Message}");
            return 1;
        }
    }

    private static async Task<IReadOnlyList<Summary>> MeasureAsync(IWorkload workload, Plan plan, CancellationToken cancellation)
    {
        var names = SystemCatalog.Names(plan).ToArray();
        var summaries = new List<Summary>();
        foreach (var together in workload.IsExclusive ? names.Chunk(1) : [names])
            summaries.AddRange(await MeasureAsync(workload, plan, together, cancellation));
        return summaries;
    }

    private static async Task<IReadOnlyList<Summary>> MeasureAsync(
        IWorkload workload,
        Plan plan,
        IReadOnlyList<string> names,
        CancellationToken cancellation
    )
    {
        // Changed as a whole: the timer reads it too.
        Stand[] stands = [];
        await using var pings = TimeProvider.System.CreateTimer(_ => KeepAlive(Volatile.Read(ref stands)), null, PingEvery, PingEvery);
        try
        {
            foreach (var name in names)
            {
                Screen.Say($"{name}: starting, {plan.Count} {workload.Unit}");
                var stand = new Stand(await SystemCatalog.StartAsync(name, plan, cancellation));
                Volatile.Write(ref stands, [.. stands, stand]);
                await stand.PrepareAsync(workload, plan, cancellation);
            }
            for (var period = 0; period < plan.Repeat; period++)
            {
                foreach (var stand in period % 2 == 0 ? stands : stands.AsEnumerable().Reverse())
                {
                    Screen.Say($"{stand.Name}: period {period + 1} of {plan.Repeat}");
                    await stand.MeasureAsync(cancellation);
                }
            }
            var summaries = new List<Summary>();
            foreach (var stand in stands)
                summaries.Add(await stand.SumUpAsync(cancellation));
            return summaries;
        }
        finally
        {
            foreach (var stand in stands)
                await stand.DisposeAsync();
        }
    }

    private static void KeepAlive(Stand[] stands)
    {
        foreach (var stand in stands)
            stand.KeepAlive();
    }

    /// <summary>A system with the workload set up on it.</summary>
    private sealed class Stand(ISystem system) : IAsyncDisposable
    {
        private readonly List<Sample> _samples = [];
        private IExercise? _exercise;

        // Held while the exercise itself writes to its sockets; it keeps them alive then.
        private readonly SemaphoreSlim _busy = new(1);

        public string Name => system.Name;

        public async Task PrepareAsync(IWorkload workload, Plan plan, CancellationToken cancellation)
        {
            await _busy.WaitAsync(cancellation);
            _exercise = await workload.PrepareAsync(system, plan, cancellation);
            await _exercise.WarmUpAsync(cancellation);
            _busy.Release();
        }

        public void KeepAlive()
        {
            if (!_busy.Wait(0))
                return;
            _exercise?.KeepAlive();
            _busy.Release();
        }

        public async Task MeasureAsync(CancellationToken cancellation)
        {
            cancellation.ThrowIfCancellationRequested();
            await _busy.WaitAsync(cancellation);
            _samples.Add(await _exercise!.MeasureAsync(cancellation));
            _busy.Release();
        }

        public async Task<Summary> SumUpAsync(CancellationToken cancellation) =>
            new(Name, await _exercise!.VerifyAsync(cancellation), _samples);

        public async ValueTask DisposeAsync()
        {
            // Never given back: no ping may meet a closed socket.
            await _busy.WaitAsync(TimeSpan.FromSeconds(1));
            if (_exercise is not null)
                await _exercise.DisposeAsync();
            await system.DisposeAsync();
        }
    }
}
