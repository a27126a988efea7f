using Chat.LoadTests.Systems;
using Spectre.Console;

namespace Chat.LoadTests.Runs;

/// <summary>Starts the systems, measures them in turn (A B, B A …), asks the oracle and tells what came out.</summary>
internal static class Runner
{
    public static async Task<int> RunAsync(IWorkload workload, Plan plan)
    {
        // Whatever goes wrong, nothing runs on for ever.
        var systems = plan.Against.Count + 1;
        var bound = TimeSpan.FromSeconds(300 + systems * (180 + plan.WarmUp + plan.Repeat * (plan.Seconds + 30)));
        using var limit = new CancellationTokenSource(bound);
        try
        {
            var summaries = await MeasureAsync(workload, plan, limit.Token);
            Screen.Show(workload, plan, summaries);
            if (plan.Record is { } folder)
                await Records.WriteAsync(folder, workload, plan, summaries, limit.Token);
            return 0;
        }
        catch (InvalidOperationException e)
        {
            AnsiConsole.MarkupLineInterpolated($"[red]No score.[/] {e.Message}");
            return 1;
        }
    }

    public static async Task<IReadOnlyList<Summary>> MeasureAsync(IWorkload workload, Plan plan, CancellationToken cancellation)
    {
        var stands = new List<Stand>();
        try
        {
            foreach (var name in SystemCatalog.Names(plan))
            {
                Screen.Say($"{name}: starting, {plan.Count} {workload.Unit}");
                var stand = new Stand(await SystemCatalog.StartAsync(name, plan, cancellation));
                stands.Add(stand);
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

    /// <summary>A system with the workload set up on it.</summary>
    private sealed class Stand(ISystem system) : IAsyncDisposable
    {
        private readonly List<Sample> _samples = [];
        private IExercise? _exercise;

        public string Name => system.Name;

        public async Task PrepareAsync(IWorkload workload, Plan plan, CancellationToken cancellation)
        {
            _exercise = await workload.PrepareAsync(system, plan, cancellation);
            await _exercise.WarmUpAsync(cancellation);
        }

        public async Task MeasureAsync(CancellationToken cancellation)
        {
            cancellation.ThrowIfCancellationRequested();
            _samples.Add(await _exercise!.MeasureAsync(cancellation));
        }

        public async Task<Summary> SumUpAsync(CancellationToken cancellation) =>
            new(Name, await _exercise!.VerifyAsync(cancellation), _samples);

        public async ValueTask DisposeAsync()
        {
            if (_exercise is not null)
                await _exercise.DisposeAsync();
            await system.DisposeAsync();
        }
    }
}
