using Chat.Conformance.Network;

namespace Chat.Conformance.Scenarios;

/// <summary>A trouble that a client must survive.</summary>
/// <param name="Name">What happens.</param>
/// <param name="Trouble">Makes it happen to a visitor; afterwards the stage settles and the verdict is given.</param>
internal sealed record Scenario(string Name, Func<Stage, Task> Trouble)
{
    /// <summary>Of an operator's client; it judges by itself.</summary>
    public Func<OperatorStage, Task>? OperatorTrouble { get; private init; }

    /// <summary>It changes the service: all clients go through it together, with all scenarios of the same group, and nothing else runs meanwhile.</summary>
    public string? Group { get; init; }

    /// <summary>Most of its time is waiting: it begins first, and beside the others.</summary>
    public bool IsPatient { get; init; }

    /// <summary>What the network is like from the first connect.</summary>
    public Action<Weather>? Weather { get; init; }

    /// <summary>It asks for a storage that outlives the process.</summary>
    public bool NeedsStorage { get; init; }

    /// <summary>The host site knows the visitor, so that other devices are the same one's.</summary>
    public bool IsIdentified { get; init; }

    public static Scenario OfOperator(string name, Func<OperatorStage, Task> trouble) =>
        new(name, _ => Task.CompletedTask) { OperatorTrouble = trouble };
}
