using Chat.LoadTests.Resilience;
using Chat.Testing.Nodes;

namespace Chat.LoadTests.Systems;

/// <summary>A system whose nodes a workload may break, and whose people come back by themselves.</summary>
internal interface IBreakable : ISystem
{
    IReadOnlyList<IServerNode> Nodes { get; }

    /// <summary>Says that nothing acknowledged is lost or doubled: a run that shows otherwise has no score.</summary>
    bool PromisesDelivery { get; }

    /// <summary>Makes repeating a send safe, where it is not so by itself.</summary>
    Task PrepareRetriesAsync(CancellationToken cancellation);

    /// <summary>How its people talk and come back.</summary>
    ClientRules RulesWith(Reconnector reconnector);

    /// <summary>What is stored, by conversation.</summary>
    Task<IReadOnlyDictionary<string, Stored>> CountAsync(CancellationToken cancellation);
}
