namespace Chat.Conformance.Mutants.Client;

/// <summary>
/// Runs the whole client in turns, as a browser runs a page: one piece of code at a time, from one await to the next. So nothing here needs a lock.
/// </summary>
internal static class Turns
{
    private static readonly TaskScheduler One = new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler;

    public static Task<T> RunAsync<T>(Func<Task<T>> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, One).Unwrap();
}

/// <summary>The time.</summary>
internal static class Clock
{
    public static DateTimeOffset Now => TimeProvider.System.GetUtcNow();
}

/// <summary>Says that something changed to all who wait for it.</summary>
internal sealed class Signal
{
    private TaskCompletionSource _next = New();

    /// <summary>Completes at the next change.</summary>
    public Task Next => _next.Task;

    public void Raise() => Interlocked.Exchange(ref _next, New()).TrySetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>Pauses with full jitter: each is random, up to twice what the one before it might have been.</summary>
internal sealed class Backoff(TimeSpan cap)
{
    private static readonly TimeSpan Base = TimeSpan.FromSeconds(0.5);

    private int _failures;

    public static TimeSpan Jitter(TimeSpan within) => within * Random.Shared.NextDouble();

    public TimeSpan Next()
    {
        if (Mutant.Has(Defect.NoBackoff))
            return TimeSpan.FromMilliseconds(1);
        var most = Base * Math.Pow(2, Math.Min(_failures++, 10));
        most = most < cap ? most : cap;
        return Mutant.Has(Defect.BackoffWithoutJitter) ? most : Jitter(most);
    }

    public void Reset()
    {
        if (!Mutant.Has(Defect.BackoffNeverReset))
            _failures = 0;
    }
}
