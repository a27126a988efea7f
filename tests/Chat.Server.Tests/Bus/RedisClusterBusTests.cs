using System.Globalization;
using Chat.Server.Bus;
using Chat.Testing.Processes;
using Chat.Testing.Services;
using StackExchange.Redis;

namespace Chat.Server.Tests.Bus;

/// <summary>The contract over a Cluster: the shards' channels lie on all of its servers.</summary>
public sealed class RedisClusterBusTests(RedisCluster cluster) : EventBusContract, IClassFixture<RedisCluster>
{
    private readonly string _prefix = RedisNode.NewPrefix();

    private protected override Task<IEventBus> NewNodeAsync() => Task.FromResult<IEventBus>(RedisNode.New(cluster.Configuration, _prefix));
}

/// <summary>Three masters without replicas.</summary>
public sealed class RedisCluster : IAsyncLifetime
{
    private const int SlotCount = 16384;

    private readonly List<RedisServer> _servers = [];

    /// <summary>One of them; the library finds the others.</summary>
    public string Configuration => $"127.0.0.1:{_servers[0].Port}";

    public async ValueTask InitializeAsync()
    {
        for (var i = 0; i < 3; i++)
        {
            var busPort = FreePort.Next().ToString(CultureInfo.InvariantCulture);
            _servers.Add(await RedisServer.StartAsync("--cluster-enabled", "yes", "--cluster-port", busPort));
        }
        for (var i = 0; i < _servers.Count; i++)
            await JoinAsync(_servers[i], SlotCount * i / 3, SlotCount * (i + 1) / 3 - 1);
        foreach (var server in _servers)
        {
            await server.Process.WaitForLineAsync("Cluster state changed: ok");
            await UntilItKnowsAllAsync(server);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
            await server.DisposeAsync();
    }

    /// <summary>
    /// A server whose state is ok may still lack the link to another one: then what is published on the one does not reach who listens on the other.
    /// It tells nobody when it has it.
    /// </summary>
    private async Task UntilItKnowsAllAsync(RedisServer server)
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{server.Port},allowAdmin=true");
        var itself = connection.GetServer("127.0.0.1", server.Port);
        using var bound = new CancellationTokenSource(BusProbe.Generous);
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (LinesWithSlots((string)(await itself.ExecuteAsync("CLUSTER", "NODES"))!) < _servers.Count)
            await pause.WaitForNextTickAsync(bound.Token);
    }

    // The slots follow the state of the link; a server without any has nothing behind it.
    private static int LinesWithSlots(string nodes) =>
        nodes.Split('\n').Count(line => line.Contains(" connected ", StringComparison.Ordinal));

    private async Task JoinAsync(RedisServer server, int firstSlot, int lastSlot)
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{server.Port},allowAdmin=true");
        var itself = connection.GetServer("127.0.0.1", server.Port);
        await itself.ExecuteAsync("CLUSTER", "ADDSLOTSRANGE", firstSlot, lastSlot);
        var other = _servers[0];
        if (server != other)
            await itself.ExecuteAsync("CLUSTER", "MEET", "127.0.0.1", other.Port, await BusPortAsync(other));
    }

    private static async Task<int> BusPortAsync(RedisServer server)
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{server.Port},allowAdmin=true");
        var settings = await connection.GetServer("127.0.0.1", server.Port).ConfigGetAsync("cluster-port");
        return int.Parse(settings[0].Value, CultureInfo.InvariantCulture);
    }
}
