namespace Chat.Conformance.Scenarios;

/// <summary>A trouble that a client must survive.</summary>
/// <param name="Name">What happens.</param>
/// <param name="Trouble">Makes it happen; afterwards the stage settles and the verdict is given.</param>
internal sealed record Scenario(string Name, Func<Stage, Task> Trouble)
{
    /// <summary>It changes the service, so that nothing else may run meanwhile.</summary>
    public bool IsAlone { get; init; }

    /// <summary>The client may use REST only.</summary>
    public bool IsPollOnly { get; init; }
}
