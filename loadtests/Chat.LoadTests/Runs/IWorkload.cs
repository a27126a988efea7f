using Chat.LoadTests.Systems;

namespace Chat.LoadTests.Runs;

/// <summary>One of W1 to W11.</summary>
internal interface IWorkload
{
    string Name { get; }

    string Title { get; }

    /// <summary>What the plan's count counts.</summary>
    string Unit { get; }

    Plan Default { get; }

    /// <summary>Systems are set up and measured one after the other and not in turn: together they would not fit on a machine.</summary>
    bool IsExclusive => false;

    Task<IExercise> PrepareAsync(ISystem system, Plan plan, CancellationToken cancellation);
}

/// <summary>A workload set up on one system. Whatever an oracle finds wrong is thrown, and such a run has no figures.</summary>
internal interface IExercise : IAsyncDisposable
{
    /// <summary>While others are set up or measured; never called during a period of its own.</summary>
    void KeepAlive() { }

    /// <summary>Not measured.</summary>
    Task WarmUpAsync(CancellationToken cancellation);

    /// <summary>One period.</summary>
    Task<Sample> MeasureAsync(CancellationToken cancellation);

    /// <summary>What the oracle looked at, as a sentence.</summary>
    Task<string> VerifyAsync(CancellationToken cancellation);
}

/// <summary>A number with its name and unit; the first of a sample is drawn.</summary>
internal sealed record Figure(string Name, double Value, string Unit);

/// <summary>Figures of one period, in an order that is the same for all periods of a workload.</summary>
internal sealed record Sample(IReadOnlyList<Figure> Figures, IReadOnlyList<Curve> Curves);

/// <summary>A distribution of latencies: percentile and milliseconds.</summary>
internal sealed record Curve(string Name, IReadOnlyList<Point> Points);

internal sealed record Point(double Percentile, double Milliseconds);
