using Chat.LoadTests.Load;
using Chat.LoadTests.Meters;
using Chat.LoadTests.Resilience;
using Chat.LoadTests.Sockets;
using Chat.Testing.Nodes;
using Chat.Testing.Services;

namespace Chat.LoadTests.Systems;

/// <summary>This project with servers of its own: a PostgreSQL that syncs, a Redis, nodes as processes.</summary>
internal sealed class ChatSystem : IArchive, IBreakable
{
    private const int Operators = 4;

    private readonly ChatHistory _history;

    private ChatSystem(PostgresService postgres, RedisService redis, ChatCluster cluster, Dialect dialect)
    {
        (Postgres, Redis, Cluster, Dialect) = (postgres, redis, cluster, dialect);
        Access = new ChatAccess([.. cluster.Nodes.Select(node => node.BaseAddress)], ChatCluster.Inbox, dialect);
        _history = new ChatHistory(Database, Access);
    }

    public string Name => "chat";

    public Dialect Dialect { get; }

    public ProcessMeter Processes { get; } = new();

    public PostgresService Postgres { get; }

    public RedisService Redis { get; }

    public ChatCluster Cluster { get; }

    public ChatAccess Access { get; }

    public string Database => Cluster.ConnectionString;

    /// <param name="nodes">Server processes.</param>
    /// <param name="settings">NAME=VALUE: more environment for them.</param>
    /// <param name="cancellation">Ends the start.</param>
    public static async Task<ChatSystem> StartAsync(int nodes, IReadOnlyList<string> settings, CancellationToken cancellation)
    {
        var postgres = await PostgresService.StartOwnAsync();
        var redis = await RedisService.StartOwnAsync();
        var database = await postgres.CreateDatabaseAsync();
        var cluster = await ChatCluster.StartAsync(database, redis.Configuration, nodes, Environment(settings));
        var system = new ChatSystem(postgres, redis, cluster, new HubDialect());
        var (postmaster, redisPid) = (
            await ServicePids.PostgresAsync(database, cancellation),
            await ServicePids.RedisAsync(redis.Configuration, cancellation)
        );
        system
            .Processes.Add("nodes", () => cluster.Nodes.Select(node => node.Id))
            .Add("PostgreSQL", () => [postmaster])
            .Add("Redis", () => [redisPid]);
        return system;
    }

    public async Task PrepareAsync(int people, CancellationToken cancellation)
    {
        if (!Access.HasOperators)
        {
            var added = await Task.WhenAll(Enumerable.Range(0, Operators).Select(i => Cluster.AddOperatorAsync($"Load{i}")));
            foreach (var access in added)
                Access.AddOperator((await access.SignInAsync()).Token);
        }
        await Access.AddVisitorsAsync(people, cancellation);
    }

    public WebSocketLink Join(int person, int conversations)
    {
        var link = Access.Visitor(person, Access.Node(person));
        for (var i = 0; i < conversations; i++)
            ChatAccess.OpenConversation(link);
        return link;
    }

    public WebSocketLink Watch(int number, int conversations) => Access.Watch(number);

    public Task<double?> CollectAsync(CancellationToken cancellation) => HeapMeter.CollectAsync(Cluster.Nodes, cancellation);

    public Pair Talk(int number, bool apart, string body = Dialect.Body) => Access.Talk(number, apart, body);

    public async Task<long> CheckAsync(IReadOnlyList<Pair> pairs, CancellationToken cancellation) =>
        StoredMessages.Check(await CountAsync(cancellation), pairs);

    public IReadOnlyList<IServerNode> Nodes => Cluster.Nodes;

    public bool PromisesDelivery => true;

    // A send is repeated safely as it is.
    public Task PrepareRetriesAsync(CancellationToken cancellation) => Task.CompletedTask;

    public ClientRules RulesWith(Reconnector reconnector) => new ChatRules(reconnector, Access, Dialect);

    public Task<IReadOnlyDictionary<string, Stored>> CountAsync(CancellationToken cancellation) =>
        StoredMessages.CountAsync(
            Database,
            """
            SELECT conversation_id::text, count(*) FILTER (WHERE type = 1), count(DISTINCT client_id) FILTER (WHERE type = 1), count(*),
                max(seq)::bigint
            FROM event GROUP BY conversation_id
            """,
            cancellation
        );

    public Task FillAsync(int conversations, int messages, CancellationToken cancellation) =>
        _history.FillAsync(conversations, messages, cancellation);

    /// <summary>Of those that were filled.</summary>
    public Guid FirstConversation => _history.First;

    public WebSocketLink Browse(int reader, int readers) => _history.Browse(reader, readers);

    public void ReadPage(WebSocketLink link, int conversation, int last, int count) => _history.ReadPage(link, conversation, last, count);

    public async ValueTask DisposeAsync()
    {
        Access.Dispose();
        await Cluster.DisposeAsync();
        await Redis.DisposeAsync();
        await Postgres.DisposeAsync();
    }

    private static Dictionary<string, string?> Environment(IReadOnlyList<string> more)
    {
        const string unlimited = "1000000";
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["RateLimits__ChangesPerSecond"] = unlimited,
            ["RateLimits__ChangesBurst"] = unlimited,
            ["RateLimits__CallsPerSecond"] = unlimited,
            ["RateLimits__CallsBurst"] = unlimited,
            ["RateLimits__VisitorConnections"] = unlimited,
            ["RateLimits__OperatorConnections"] = unlimited,
            // As in production; the cluster's defaults are those of tests of faults.
            ["Bus__Redis__HeartbeatInterval"] = null,
            ["Bus__Redis__RebuildAfter"] = null,
            ["Repair__PeriodWhileDown"] = null,
            // The chart's way of draining, with a window for the few sockets that are here.
            ["Drain__Window"] = "00:00:15",
            ["Drain__CloseAfter"] = "00:00:05",
        };
        foreach (var setting in more)
        {
            var parts = setting.Split('=', 2);
            settings[parts[0]] = parts[1];
        }
        return settings;
    }
}
