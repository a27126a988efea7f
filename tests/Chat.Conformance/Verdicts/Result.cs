using Chat.Conformance.Drivers;
using Chat.Conformance.Scenarios;

namespace Chat.Conformance.Verdicts;

/// <summary>How a client did in a scenario.</summary>
/// <param name="Scenario">The scenario.</param>
/// <param name="Driver">The client.</param>
/// <param name="Took">How long.</param>
/// <param name="Connects">How often it connected.</param>
/// <param name="Fault">What it did wrong; null: nothing.</param>
internal sealed record Result(Scenario Scenario, Driver Driver, TimeSpan Took, int Connects, string? Fault)
{
    /// <summary>Why nothing was asked of the client, which proves nothing; null: it was.</summary>
    public string? NotRun { get; init; }

    public bool HasPassed => Fault is null && NotRun is null;
}
