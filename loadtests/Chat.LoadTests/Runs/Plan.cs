using Chat.LoadTests.Systems;

namespace Chat.LoadTests.Runs;

/// <summary>What a run is to be; each workload has defaults of its own.</summary>
internal sealed record Plan
{
    /// <summary>Server processes of each system.</summary>
    public int Nodes { get; init; } = 2;

    /// <summary>Conversations, connections or rows: the workload says of what.</summary>
    public int Count { get; init; } = 500;

    /// <summary>Of one measured period.</summary>
    public int Seconds { get; init; } = 10;

    /// <summary>Seconds before, under the same load: before that a JIT is measured.</summary>
    public int WarmUp { get; init; } = 12;

    /// <summary>Messages, events or pages a second on a schedule; 0: closed loop.</summary>
    public int Rate { get; init; }

    /// <summary>Measured periods of each system, in turn.</summary>
    public int Repeat { get; init; } = 1;

    /// <summary>Tell what the memory of a connection consists of.</summary>
    public bool Heap { get; init; }

    /// <summary>NAME=VALUE for this project's nodes.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>Peers to measure in the same run.</summary>
    public IReadOnlyList<string> Against { get; init; } = [];

    /// <summary>A cluster that runs already, in place of servers of our own.</summary>
    public Target? Target { get; init; }

    /// <summary>Writes JSON, a plot and a row of RESULTS.md into this folder; null: the screen only.</summary>
    public DirectoryInfo? Record { get; init; }

    public string Mode => Rate == 0 ? "closed loop" : $"{Rate}/s";
}
