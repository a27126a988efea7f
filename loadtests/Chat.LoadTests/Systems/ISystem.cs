using Chat.LoadTests.Load;
using Chat.LoadTests.Meters;
using Chat.LoadTests.Sockets;

namespace Chat.LoadTests.Systems;

/// <summary>What is put under load: this project, a peer, or somebody's own cluster.</summary>
internal interface ISystem : IAsyncDisposable
{
    string Name { get; }

    Dialect Dialect { get; }

    /// <summary>Empty where the processes are on other machines.</summary>
    ProcessMeter Processes { get; }

    /// <summary>Accounts and tokens for so many people: never part of what is measured.</summary>
    Task PrepareAsync(int people, CancellationToken cancellation);

    /// <summary>Connects and authenticates one person and subscribes him to his conversations, as an app does at its start.</summary>
    /// <param name="person">From 0.</param>
    /// <param name="conversations">How many he has.</param>
    WebSocketLink Join(int person, int conversations);

    /// <summary>One who watches a list that has the first conversations.</summary>
    WebSocketLink Watch(int number, int conversations);

    /// <summary>Bytes of live objects in the nodes after a full collection, or null where a runtime does not say.</summary>
    Task<double?> CollectAsync(CancellationToken cancellation);

    /// <summary>A new conversation of two.</summary>
    /// <param name="number">From 0; also the visitor's.</param>
    /// <param name="apart">On two nodes, else on one.</param>
    /// <param name="body">Of every message.</param>
    Pair Talk(int number, bool apart, string body = Dialect.Body);

    /// <summary>The oracle: how many messages it saw; throws when one that was acknowledged is lost, doubled or out of order.</summary>
    Task<long> CheckAsync(IReadOnlyList<Pair> pairs, CancellationToken cancellation);
}

internal static class SystemExtensions
{
    /// <summary>For workloads that need more of a system than clients do.</summary>
    public static T As<T>(this ISystem system)
        where T : class, ISystem => system as T ?? throw new InvalidOperationException($"This workload cannot run on {system.Name}.");
}
