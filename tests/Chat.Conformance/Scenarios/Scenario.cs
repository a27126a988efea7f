using Chat.Conformance.Network;

namespace Chat.Conformance.Scenarios;

/// <summary>A trouble that a client must survive.</summary>
/// <param name="Name">What happens.</param>
/// <param name="Trouble">Makes it happen; afterwards the stage settles and the verdict is given.</param>
internal sealed record Scenario(string Name, Func<Stage, Task> Trouble)
{
    /// <summary>It changes the service, so that nothing else may run meanwhile.</summary>
    public bool IsAlone { get; init; }

    /// <summary>What the network is like from the first connect.</summary>
    public Action<Weather>? Weather { get; init; }

    /// <summary>It asks for a storage that outlives the process.</summary>
    public bool NeedsStorage { get; init; }
}
