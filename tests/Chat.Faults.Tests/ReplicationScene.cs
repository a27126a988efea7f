using Chat.Contracts;
using Chat.Testing.Clients;
using Chat.Testing.Nodes;
using Chat.Testing.Services;

namespace Chat.Faults.Tests;

/// <summary>One node over a pair, and visitors with a conversation each.</summary>
internal sealed class ReplicationScene : IAsyncDisposable
{
    private const int Visitors = 3;

    private ReplicationScene(PostgresPair pair, ChatCluster cluster) => (Pair, Cluster) = (pair, cluster);

    public PostgresPair Pair { get; }

    public ChatCluster Cluster { get; }

    public ChatNode Node => Cluster.Nodes[0];

    public List<ChatClient> Clients { get; } = [];

    public List<ConversationId> Ids { get; } = [];

    public static async Task<ReplicationScene> StartAsync()
    {
        var pair = await PostgresPair.StartAsync();
        var scene = new ReplicationScene(pair, await ChatCluster.StartAsync(pair.ConnectionString, redis: null, nodes: 1));
        for (var i = 0; i < Visitors; i++)
        {
            var session = await scene.Cluster.NewVisitorAsync();
            var client = ChatClient.Visitor(() => scene.Node.BaseAddress, () => Task.FromResult(session.Token));
            client.Name = $"visitor {i}";
            client.Patience = TimeSpan.FromMinutes(2);
            scene.Clients.Add(client);
            scene.Ids.Add(await client.OpenConversationAsync());
            await client.SendAsync(scene.Ids[i], "before");
        }
        return scene;
    }

    public Task<SendResult>[] SendToAll(string body) => [.. Clients.Select((client, i) => client.SendAsync(Ids[i], body))];

    /// <summary>So many more times each.</summary>
    public Task UntilAllAreRefusedAsync(int times)
    {
        var goals = Clients.ConvertAll(client => Refusals(client) + times);
        return Task.WhenAll(
            Clients.Select((client, i) => UntilAsync(() => Refusals(client) >= goals[i], $"{client.Name} is refused {times} times"))
        );
    }

    /// <summary>So many more changes of all of them together.</summary>
    public Task UntilAcknowledgedAsync(int times)
    {
        var goal = Clients.Sum(client => client.Acknowledged.Count) + times;
        return UntilAsync(() => Clients.Sum(client => client.Acknowledged.Count) >= goal, $"{times} more changes are acknowledged");
    }

    public async Task VerifyAsync()
    {
        var log = await StoredLog.ReadAsync(Pair.Unpooled);
        await Task.WhenAll(Clients.Select(client => client.CatchUpAsync(log, TimeSpan.FromSeconds(60))));
        Oracle.Verify(log, Clients, "");
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(Clients.Select(client => client.DisposeAsync().AsTask()));
        await Cluster.DisposeAsync();
        await Pair.DisposeAsync();
    }

    private static int Refusals(ChatClient client) => client.Failures.GetValueOrDefault(ErrorCode.Unavailable.Code);

    private static async Task UntilAsync(Func<bool> condition, string what)
    {
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        while (!condition())
        {
            try
            {
                await pause.WaitForNextTickAsync(bound.Token);
            }
            catch (OperationCanceledException e)
            {
                throw new TimeoutException($"Not in time: {what}", e);
            }
        }
    }
}
