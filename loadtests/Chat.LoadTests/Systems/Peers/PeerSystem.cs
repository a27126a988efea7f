using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Chat.LoadTests.Load;
using Chat.LoadTests.Meters;
using Chat.LoadTests.Sockets;
using Chat.Testing.Nodes;
using Chat.Testing.Processes;
using Chat.Testing.Services;
using Npgsql;

namespace Chat.LoadTests.Systems.Peers;

/// <summary>What peers have in common: a PostgreSQL with the same settings, a Redis, two processes, tokens of a shared secret.</summary>
internal abstract class PeerSystem : ISystem
{
    private static readonly string Secret = Convert.ToHexString(RandomNumberGenerator.GetBytes(32));

    private readonly List<PeerNode> _nodes = [];
    private PostgresService? _postgres;
    private RedisService? _redis;

    public abstract string Name { get; }

    public abstract Dialect Dialect { get; }

    public ProcessMeter Processes { get; } = new();

    public IReadOnlyList<IServerNode> Nodes => _nodes;

    /// <summary>Of its tables.</summary>
    protected abstract string Schema { get; }

    /// <summary>What <see cref="Stored"/> has, by conversation.</summary>
    protected abstract string Counts { get; }

    protected string Database { get; private set; } = "";

    public async Task StartAsync(int nodes, CancellationToken cancellation)
    {
        _postgres = await PostgresService.StartOwnAsync();
        _redis = await RedisService.StartOwnAsync();
        Database = await _postgres.CreateDatabaseAsync();
        await using (var source = NpgsqlDataSource.Create(Database))
        {
            await using var schema = source.CreateCommand(Schema);
            await schema.ExecuteNonQueryAsync(cancellation);
        }
        for (var i = 0; i < nodes; i++)
            await StartNodeAsync(_redis.Configuration);
        var (postmaster, redis) = (
            await ServicePids.PostgresAsync(Database, cancellation),
            await ServicePids.RedisAsync(_redis.Configuration, cancellation)
        );
        Processes.Add("nodes", () => _nodes.Select(node => node.Id)).Add("PostgreSQL", () => [postmaster]).Add("Redis", () => [redis]);
    }

    // Tokens are made where they are used.
    public Task PrepareAsync(int people, CancellationToken cancellation) => Task.CompletedTask;

    public WebSocketLink Join(int person, int conversations)
    {
        var count = Math.Max(1, conversations);
        return Connect($"person{person}", Address(person), [.. Enumerable.Range(0, count).Select(i => ConversationId(person * count + i))]);
    }

    public abstract WebSocketLink Watch(int number, int conversations);

    public abstract string ConversationId(int number);

    public virtual Task<double?> CollectAsync(CancellationToken cancellation) => Task.FromResult<double?>(null);

    public Pair Talk(int number, bool apart, string body = Dialect.Body)
    {
        var id = ConversationId(number);
        var sender = Connect($"visitor{number}", Address(number), [id]);
        var receiver = Connect($"operator{number}", Address(apart ? number + 1 : number), [id]);
        return new Pair(Dialect, number, id, sender, receiver, body);
    }

    public async Task<long> CheckAsync(IReadOnlyList<Pair> pairs, CancellationToken cancellation) =>
        StoredMessages.Check(await CountAsync(cancellation), pairs);

    public Task<IReadOnlyDictionary<string, Stored>> CountAsync(CancellationToken cancellation) =>
        StoredMessages.CountAsync(Database, Counts, cancellation);

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
            await node.DisposeAsync();
        if (_redis is not null)
            await _redis.DisposeAsync();
        if (_postgres is not null)
            await _postgres.DisposeAsync();
    }

    /// <summary>The program and its arguments, run in its folder.</summary>
    protected abstract (IReadOnlyList<string> Command, string? Folder) Program { get; }

    protected abstract WebSocketLink Connect(string user, Uri node, IReadOnlyList<string> conversations);

    /// <summary>What a process needs to know.</summary>
    protected virtual Dictionary<string, string?> Environment(int port, string redis) =>
        new(StringComparer.Ordinal)
        {
            ["PORT"] = port.ToString(CultureInfo.InvariantCulture),
            ["POSTGRES"] = Database,
            ["REDIS"] = redis,
            ["SECRET"] = Secret,
        };

    protected static string Token(string user)
    {
        const long inAYear = 365 * 24 * 3600;
        var until = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + inAYear;
        var signed =
            $"{Base64("{\"alg\":\"HS256\",\"typ\":\"JWT\"}"u8)}.{Base64(Encoding.UTF8.GetBytes($"{{\"sub\":\"{user}\",\"jid\":\"{user}@localhost\",\"exp\":{until}}}"))}";
        return $"{signed}.{Base64(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.ASCII.GetBytes(signed)))}";
    }

    private static string Base64(ReadOnlySpan<byte> bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);

    protected Uri Address(int number) => _nodes[number % _nodes.Count].Address;

    protected IEnumerable<Uri> Addresses => _nodes.Select(node => node.Address);

    private async Task StartNodeAsync(string redis)
    {
        var port = FreePort.Next();
        var environment = Environment(port, redis);
        _nodes.Add(await PeerNode.StartAsync(port, () => ChildProcess.Start(Program.Command, environment, Program.Folder)));
    }
}
