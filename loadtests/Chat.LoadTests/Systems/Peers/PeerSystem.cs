using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Chat.LoadTests.Load;
using Chat.LoadTests.Meters;
using Chat.LoadTests.Sockets;
using Chat.Testing.Processes;
using Chat.Testing.Services;
using Npgsql;

namespace Chat.LoadTests.Systems.Peers;

/// <summary>What peers have in common: a PostgreSQL with the same settings, a Redis, two processes, tokens of a shared secret.</summary>
internal abstract class PeerSystem : ISystem
{
    private static readonly string Secret = Convert.ToHexString(RandomNumberGenerator.GetBytes(32));

    private readonly List<ChildProcess> _nodes = [];
    private PostgresService? _postgres;
    private RedisService? _redis;

    public abstract string Name { get; }

    public abstract Dialect Dialect { get; }

    public ProcessMeter Processes { get; } = new();

    protected List<Uri> Nodes { get; } = [];

    /// <summary>A table as every chat has it: a key, and an index for pages of history.</summary>
    protected virtual string Schema =>
        """
            CREATE TABLE message (
                id bigserial PRIMARY KEY,
                conversation_id uuid NOT NULL,
                client_id uuid NOT NULL,
                body text NOT NULL,
                at timestamptz NOT NULL DEFAULT now()
            );
            CREATE INDEX ON message (conversation_id, id);
            """;

    protected virtual string Counts => "SELECT conversation_id::text, count(*), count(DISTINCT client_id) FROM message GROUP BY 1";

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
        return Connect(
            $"person{person}",
            Nodes[person % Nodes.Count],
            [.. Enumerable.Range(0, count).Select(i => ConversationId(person * count + i))]
        );
    }

    public WebSocketLink Watch(int number) => throw new InvalidOperationException($"This workload is not measured on {Name}.");

    public virtual Task<double?> CollectAsync(CancellationToken cancellation) => Task.FromResult<double?>(null);

    public Pair Talk(int number, bool apart, string body = Dialect.Body)
    {
        var id = ConversationId(number);
        var sender = Connect($"visitor{number}", Nodes[number % Nodes.Count], [id]);
        var receiver = Connect($"operator{number}", Nodes[(apart ? number + 1 : number) % Nodes.Count], [id]);
        return new Pair(Dialect, number, id, sender, receiver, body);
    }

    public async Task<long> CheckAsync(IReadOnlyList<Pair> pairs, CancellationToken cancellation)
    {
        var stored = new Dictionary<string, (long Count, long Distinct)>(StringComparer.Ordinal);
        await using var source = NpgsqlDataSource.Create(Database);
        await using var command = source.CreateCommand(Counts);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            stored[reader.GetString(0)] = (reader.GetInt64(1), reader.GetInt64(2));
        foreach (var pair in pairs)
        {
            var (count, distinct) = stored.GetValueOrDefault(pair.Id);
            if (count != pair.Acknowledged || distinct != count || pair.Delivered != count)
                throw new InvalidOperationException(
                    $"{pair.Id}: {pair.Acknowledged} acknowledged, {pair.Delivered} delivered, stored {count} ({distinct} different)."
                );
        }
        return pairs.Sum(pair => (long)pair.Acknowledged);
    }

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

    protected virtual string ConversationId(int number) => $"00000000-0000-4000-9000-{number:x12}";

    private async Task StartNodeAsync(string redis)
    {
        var port = FreePort.Next();
        var node = ChildProcess.Start(Program.Command, Environment(port, redis), Program.Folder);
        _nodes.Add(node);
        await node.WaitForLineAsync("listening");
        Nodes.Add(new Uri($"http://127.0.0.1:{port}"));
    }
}
