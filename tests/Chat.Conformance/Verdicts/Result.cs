using Chat.Conformance.Drivers;
using Chat.Conformance.Scenarios;

namespace Chat.Conformance.Verdicts;

/// <summary>How a client did in a scenario.</summary>
internal sealed record Result(Scenario Scenario, Driver Driver, TimeSpan Took, int Connects, string? Fault)
{
    /// <summary>The client has nothing to show here.</summary>
    public bool IsSkipped { get; init; }
}
