using System.Diagnostics;
using System.Net;
using Chat.Contracts;
using Chat.Testing.Clients;
using Chat.Testing.Nodes;
using Chat.Testing.Services;
using Npgsql;

namespace Chat.Faults.Tests;

/// <summary>
/// Two nodes behind one Redis and one PostgreSQL that a test may break. Clients reach each node, and the nodes PostgreSQL, through proxies, so that
/// every socket can be cut, stalled or refused.
/// </summary>
internal sealed class FaultScene : IAsyncDisposable
{
    // Below Limits.OperatorConnections, with room for those that are on their way out.
    private const int SocketsOfOne = 15;

    private readonly List<ChatClient> _clients = [];
    private readonly Lock _gate = new();
    private Task<OperatorAccess>? _operator;
    private int _operatorUses;

    private FaultScene(PostgresService postgres, string database, TcpProxy databaseProxy, ChatCluster cluster)
    {
        Postgres = postgres;
        // Unpooled: a pool would hand out connections of a server that was killed since.
        Database = new NpgsqlConnectionStringBuilder(database) { Pooling = false }.ConnectionString;
        DatabaseProxy = databaseProxy;
        Cluster = cluster;
        Doors = [.. cluster.Nodes.Select(node => TcpProxy.Start(node.BaseAddress.Port))];
    }

    /// <summary>True durations instead of shortened ones.</summary>
    public static bool IsLong => Environment.GetEnvironmentVariable("CHAT_TEST_LONG") == "1";

    public PostgresService Postgres { get; }

    /// <summary>Connection string past every proxy.</summary>
    public string Database { get; }

    /// <summary>Between all nodes and PostgreSQL.</summary>
    public TcpProxy DatabaseProxy { get; }

    public ChatCluster Cluster { get; }

    /// <summary>Between clients and each node.</summary>
    public IReadOnlyList<TcpProxy> Doors { get; }

    public IReadOnlyList<ChatClient> Clients
    {
        get
        {
            lock (_gate)
                return [.. _clients];
        }
    }

    /// <param name="redis">Configuration string.</param>
    /// <param name="settings">More environment for each node.</param>
    /// <param name="postgresHost">What the nodes call this machine when they mean PostgreSQL.</param>
    public static async Task<FaultScene> StartAsync(
        string redis,
        IReadOnlyDictionary<string, string?>? settings = null,
        string postgresHost = "127.0.0.1"
    )
    {
        var postgres = await PostgresService.StartOwnAsync();
        var database = await postgres.CreateDatabaseAsync();
        var direct = new NpgsqlConnectionStringBuilder(database);
        var proxy = TcpProxy.Start(direct.Port);
        var all = new Dictionary<string, string?>(StringComparer.Ordinal) { ["Repair__Period"] = "00:00:03" };
        foreach (var (name, value) in settings ?? new Dictionary<string, string?>(StringComparer.Ordinal))
            all[name] = value;
        var proxied = new NpgsqlConnectionStringBuilder(database) { Host = postgresHost, Port = proxy.Port }.ConnectionString;
        return new FaultScene(postgres, database, proxy, await ChatCluster.StartAsync(proxied, redis, settings: all));
    }

    /// <summary>The way to one node.</summary>
    public Uri Door(int node) => new($"http://127.0.0.1:{Doors[node].Port}");

    /// <summary>A visitor with a session; on the node that is named at each connect, or on any.</summary>
    public async Task<ChatClient> AddVisitorAsync(string name, Func<int>? node = null, string inbox = ChatCluster.Inbox) =>
        AddVisitor(await Cluster.NewVisitorAsync(inbox), name, node);

    /// <summary>One more socket of a visitor.</summary>
    public ChatClient AddVisitor(VisitorSession session, string name, Func<int>? node = null) =>
        Add(ChatClient.Visitor(Pick(node), () => Task.FromResult(session.Token)), name);

    /// <summary>A socket of an operator. He signs in once: hashing his password at each connect would be most of the load.</summary>
    public Task<ChatClient> AddOperatorAsync(OperatorAccess access, string name, Func<int>? node = null) =>
        AddOperatorAsync(access, name, Pick(node));

    /// <summary>One who comes another way than through the doors.</summary>
    public async Task<ChatClient> AddOperatorAsync(OperatorAccess access, string name, Func<Uri> way)
    {
        var session = await access.SignInAsync();
        return Add(ChatClient.Operator(way, () => Task.FromResult(session.Token)), name);
    }

    /// <summary>
    /// An operator's account, signed in once: each costs a command and a password. Shared by as many sockets as one operator may well have.
    /// </summary>
    public Task<OperatorAccess> OperatorAsync()
    {
        lock (_gate)
        {
            if (_operator is null || _operatorUses % SocketsOfOne == 0)
                _operator = SignedInAsync(_operatorUses / SocketsOfOne);
            _operatorUses++;
            return _operator;
        }
    }

    /// <summary>A visitor on the first node, an operator on the second, and their conversation.</summary>
    public async Task<Pair> AddPairAsync(string name)
    {
        var visitor = await AddVisitorAsync($"{name}'s visitor", () => 0);
        var @operator = await AddOperatorAsync(await OperatorAsync(), $"{name}'s operator", () => 1);
        var id = await visitor.OpenConversationAsync();
        await @operator.OpenAsync(id);
        return new Pair(visitor, @operator, id);
    }

    /// <summary>Breaks something with traffic on both nodes. No node restarts for it, and each goes on saying that it is ready.</summary>
    /// <param name="break">Breaks it.</param>
    /// <param name="heal">Mends it.</param>
    /// <param name="metric">Of every node: its value while broken, and once mended.</param>
    public async Task EndureAsync(Func<Task> @break, Func<Task> heal, (string Name, double Broken, double Mended)? metric = null)
    {
        await using var traffic = await Traffic.StartAsync(this);
        await traffic.MoreAsync(30);
        var processes = Cluster.Nodes.Select(node => node.Id).ToArray();

        await @break();
        try
        {
            if (metric is { } broken)
                await UntilAsync(broken.Name, broken.Broken);
            else
                await Task.Delay(Outage);
            await AssertReadyAsync(Cluster.Nodes);
        }
        finally
        {
            await heal();
        }
        if (metric is { } mended)
            await UntilAsync(mended.Name, mended.Mended);
        await traffic.MoreAsync(30);
        await traffic.StopAsync();

        Assert.Equal(processes, Cluster.Nodes.Select(node => node.Id));
        await VerifyAsync();
    }

    /// <summary>How long a fault lasts that no figure shows.</summary>
    public static TimeSpan Outage { get; } = TimeSpan.FromSeconds(IsLong ? 40 : 4);

    public static async Task AssertReadyAsync(IEnumerable<ChatNode> nodes)
    {
        using var http = new HttpClient();
        foreach (var node in nodes)
        {
            using var answer = await http.GetAsync(new Uri(node.ManagementAddress, "readyz"));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    private Task<double[]> UntilAsync(string metric, double value) =>
        Task.WhenAll(Cluster.Nodes.Select(node => node.UntilMetricAsync(metric, found => (int)found == (int)value)));

    public Task<StoredLog> ReadLogAsync() => StoredLog.ReadAsync(Database);

    /// <summary>Waits until every client holds all that is stored, by what the server sends and by nothing else, and asks the oracle.</summary>
    public async Task VerifyAsync(string context = "", bool commitsWereLost = false)
    {
        var log = await ReadLogAsync();
        try
        {
            await Task.WhenAll(Clients.Select(client => client.CatchUpAsync(log, TimeSpan.FromSeconds(90))));
        }
        catch (TimeoutException)
        {
            // The oracle says more than the clock.
            Oracle.Verify(log, Clients, context, commitsWereLost);
            throw;
        }
        Oracle.Verify(log, Clients, context, commitsWereLost);
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(Clients.Select(client => client.DisposeAsync().AsTask()));
        foreach (var door in Doors)
            await door.DisposeAsync();
        await Cluster.DisposeAsync();
        await DatabaseProxy.DisposeAsync();
        await Postgres.DisposeAsync();
    }

    private async Task<OperatorAccess> SignedInAsync(int number)
    {
        var access = await Cluster.AddOperatorAsync($"Olga{number}", OperatorRole.Supervisor);
        var session = await access.SignInAsync();
        return access with { SignInAsync = () => Task.FromResult(session) };
    }

    private ChatClient Add(ChatClient client, string name)
    {
        client.Name = name;
        lock (_gate)
            _clients.Add(client);
        return client;
    }

    private Func<Uri> Pick(Func<int>? node) => () => Door(node?.Invoke() ?? Random.Shared.Next(Doors.Count));
}

/// <summary>Two who talk from node to node.</summary>
internal sealed record Pair(ChatClient Visitor, ChatClient Operator, ConversationId Id)
{
    private int _texts;

    /// <summary>The visitor sends; answers how long it took until the operator had it.</summary>
    public async Task<TimeSpan> PingAsync()
    {
        var started = Stopwatch.GetTimestamp();
        var sent = await Visitor.SendAsync(Id, $"ping {_texts++}");
        await Operator.UntilAsync(() => Operator.Log(Id).Seq >= sent.Event!.Seq, "the operator gets the visitor's message");
        return Stopwatch.GetElapsedTime(started);
    }
}
