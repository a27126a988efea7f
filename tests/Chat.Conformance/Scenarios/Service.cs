using System.Globalization;
using Chat.Contracts;
using Chat.Testing.Clients;
using Chat.Testing.Nodes;
using Chat.Testing.Services;

namespace Chat.Conformance.Scenarios;

/// <summary>The real service that all scenarios of a run use: nodes, databases, an operator who answers, and an administrator.</summary>
internal sealed class Service : IAsyncDisposable
{
    private Service(PostgresService postgres, ChatCluster cluster, ChatClient peer, Staff staff) =>
        (Postgres, Cluster, Peer, Staff, Facts) = (postgres, cluster, peer, staff, new Facts(cluster.ConnectionString));

    /// <summary>The shortest that a service may be given: every run of a minute has one end.</summary>
    public static TimeSpan TokenLife { get; } = TimeSpan.FromMinutes(1);

    /// <summary>An own server, since one of the troubles is an older copy of it.</summary>
    public PostgresService Postgres { get; }

    public ChatCluster Cluster { get; }

    /// <summary>An operator on a good network, who may take conversations from colleagues.</summary>
    public ChatClient Peer { get; }

    public OperatorId PeerId => new(Peer.Me!.Id);

    /// <summary>A colleague who is never there.</summary>
    public OperatorId AbsentId { get; private set; }

    public Staff Staff { get; }

    public Facts Facts { get; }

    public static async Task<Service> StartAsync()
    {
        var postgres = await PostgresService.StartOwnAsync();
        var redis = await RedisService.SharedAsync();
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Identity__AccessTokenMinutes"] = TokenLife.TotalMinutes.ToString(CultureInfo.InvariantCulture),
            ["Identity__PasswordsPerMinute"] = "0",
            // One operator answers everybody.
            ["RateLimits__ChangesPerSecond"] = "200",
            ["RateLimits__ChangesBurst"] = "2000",
            ["RateLimits__CallsPerSecond"] = "200",
            ["RateLimits__CallsBurst"] = "2000",
        };
        var cluster = await ChatCluster.StartAsync(await postgres.CreateDatabaseAsync(), redis.Configuration, nodes: 2, settings);
        var access = await Task.WhenAll(
            cluster.AddOperatorAsync("Peer", OperatorRole.Supervisor),
            cluster.AddOperatorAsync("Admin", OperatorRole.Admin)
        );
        var peer = ChatClient.Operator(() => cluster.Nodes[1].BaseAddress, async () => (await access[0].SignInAsync()).Token);
        (peer.Name, peer.Patience) = ("peer", TimeSpan.FromMinutes(1));
        await peer.UntilAsync(() => peer.Me is not null, "the first Hello");
        var service = new Service(postgres, cluster, peer, new Staff(cluster.Nodes[1].BaseAddress, access[1]));
        var shop = peer.Me!.Inboxes.Single();
        await HostSite.IntroduceAsync(service.Staff, shop);
        (service.AbsentId, _) = await service.Staff.AddOperatorAsync("Absent", shop);
        return service;
    }

    public Task<StoredLog> ReadAsync() => StoredLog.ReadAsync(Cluster.ConnectionString);

    public async ValueTask DisposeAsync()
    {
        await Peer.DisposeAsync();
        Staff.Dispose();
        await Cluster.DisposeAsync();
        await Postgres.DisposeAsync();
    }
}
