using Chat.Contracts;
using Chat.Testing.Clients;
using Chat.Testing.Nodes;
using Chat.Testing.Services;

namespace Chat.Conformance.Scenarios;

/// <summary>The real service that all scenarios of a run use: nodes, databases, and an operator who answers.</summary>
internal sealed class Service : IAsyncDisposable
{
    private Service(ChatCluster cluster, ChatClient peer) => (Cluster, Peer) = (cluster, peer);

    public ChatCluster Cluster { get; }

    /// <summary>An operator on a good network.</summary>
    public ChatClient Peer { get; }

    public static async Task<Service> StartAsync()
    {
        var postgres = await PostgresService.SharedAsync();
        var redis = await RedisService.SharedAsync();
        // The shortest life of a token that a service may be given: every run of a minute has one end.
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Identity__AccessTokenMinutes"] = "1",
            ["Identity__PasswordsPerMinute"] = "0",
        };
        var cluster = await ChatCluster.StartAsync(await postgres.CreateDatabaseAsync(), redis.Configuration, nodes: 2, settings);
        var access = await cluster.AddOperatorAsync("Peer");
        var peer = ChatClient.Operator(() => cluster.Nodes[1].BaseAddress, async () => (await access.SignInAsync()).Token);
        peer.Name = "peer";
        return new Service(cluster, peer);
    }

    public Task<StoredLog> ReadAsync() => StoredLog.ReadAsync(Cluster.ConnectionString);

    public async ValueTask DisposeAsync()
    {
        await Peer.DisposeAsync();
        await Cluster.DisposeAsync();
    }
}
