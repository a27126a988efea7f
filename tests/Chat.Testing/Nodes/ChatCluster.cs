using System.Net.Http.Json;
using System.Security.Cryptography;
using Chat.Contracts;
using Chat.Testing.Clients;
using Chat.Testing.Processes;

namespace Chat.Testing.Nodes;

/// <summary>Real nodes over one PostgreSQL and one Redis, set up by the commands that an administrator would use.</summary>
public sealed class ChatCluster : IAsyncDisposable
{
    public const string Inbox = "shop";
    public const string OtherInbox = "other";

    // Native apps come too, and one visitor may stand for many.
    private static readonly string[] Generous = ["--native", "--open-conversations", "1000"];

    /// <summary>Of every operator, after his first sign-in.</summary>
    public const string Password = "correct horse battery";

    private readonly Dictionary<string, string?> _settings;
    private readonly HttpClient _http = new();

    private ChatCluster(Dictionary<string, string?> settings) => _settings = settings;

    public List<ChatNode> Nodes { get; } = [];

    /// <summary>Environment of every node.</summary>
    public IReadOnlyDictionary<string, string?> Settings => _settings;

    public string ConnectionString => _settings["Storage__ConnectionString"]!;

    /// <param name="postgres">Connection string of an empty database.</param>
    /// <param name="redis">Configuration string; null: nodes that know nothing of each other but through the database.</param>
    /// <param name="nodes">How many.</param>
    /// <param name="settings">More environment for each node.</param>
    public static async Task<ChatCluster> StartAsync(
        string postgres,
        string? redis,
        int nodes = 2,
        IReadOnlyDictionary<string, string?>? settings = null
    )
    {
        var all = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Storage__Provider"] = "postgres",
            ["Storage__ConnectionString"] = postgres,
            ["Identity__MasterKey"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
            ["Networks__Sessions"] = "0",
            ["Networks__Sockets"] = "0",
            ["Networks__Conversations"] = "0",
            ["Networks__StoredBytes"] = "0",
            ["Identity__OperatorSessionsPerMinute"] = "0",
            ["Bus__Provider"] = redis is null ? "inProcess" : "redis",
            ["Bus__Redis__Configuration"] = redis,
            ["Bus__Redis__HeartbeatInterval"] = "00:00:00.200",
            ["Bus__Redis__RebuildAfter"] = "00:00:04",
            ["Repair__PeriodWhileDown"] = "00:00:00.500",
        };
        foreach (var (name, value) in settings ?? new Dictionary<string, string?>(StringComparer.Ordinal))
            all[name] = value;
        var cluster = new ChatCluster(all);
        try
        {
            await cluster.CommandAsync("migrate");
            await Task.WhenAll(
                cluster.CommandAsync(["inbox", "add", "--name", "Shop", "--key", Inbox, "--origin", "https://shop.example", .. Generous]),
                cluster.CommandAsync(["inbox", "add", "--name", "Other", "--key", OtherInbox, .. Generous])
            );
            cluster.Nodes.AddRange(await Task.WhenAll(Enumerable.Range(0, nodes).Select(_ => ChatNode.StartAsync(all))));
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a command of the server against the same database; returns what it printed.</summary>
    public async Task<string> CommandAsync(params string[] arguments)
    {
        await using var process = ChildProcess.Start([.. ServerProgram.Command, .. arguments], _settings);
        var code = await process.Exited.WaitAsync(TimeSpan.FromMinutes(3));
        return code == 0 ? process.Output : throw process.Failure($"{string.Join(' ', arguments)} exited with {code}");
    }

    /// <summary>Adds an operator and signs him in for the first time; the answer has his tokens' source.</summary>
    public async Task<OperatorAccess> AddOperatorAsync(string name, OperatorRole role = OperatorRole.Operator, string inbox = Inbox)
    {
        var email = $"{name.ToLowerInvariant()}@support.example";
        var printed = await CommandAsync([
            "operator",
            "add",
            "--email",
            email,
            "--name",
            name,
            "--role",
            role.ToString(),
            "--inbox",
            inbox,
        ]);
        var password = printed.TrimEnd().Split(' ')[^1];
        await SignInAsync(new OperatorSessionRequest(email, password, Password));
        return new OperatorAccess(email, () => SignInAsync(new OperatorSessionRequest(email, Password)));
    }

    public Task<VisitorSession> NewVisitorAsync(string inbox = Inbox, ChatNode? node = null) =>
        NewVisitorAsync((node ?? Nodes[0]).BaseAddress, inbox);

    /// <summary>At a server that is none of <see cref="Nodes"/>, such as a container.</summary>
    public Task<VisitorSession> NewVisitorAsync(Uri server, string inbox = Inbox) =>
        PostAsync(server, "api/v1/visitor/session", new VisitorSessionRequest(inbox, Guid.NewGuid()), ChatJson.Wire.VisitorSession);

    public Task<VisitorSession> RefreshAsync(VisitorSession session, ChatNode node, string inbox = Inbox) =>
        PostAsync(
            node.BaseAddress,
            "api/v1/visitor/session",
            new VisitorSessionRequest(inbox, Guid.NewGuid(), RefreshToken: session.RefreshToken),
            ChatJson.Wire.VisitorSession
        );

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(Nodes.Select(node => node.DisposeAsync().AsTask()));
        _http.Dispose();
    }

    /// <summary>At the first node that answers, as a balancer would.</summary>
    private async Task<OperatorSession> SignInAsync(OperatorSessionRequest request)
    {
        HttpRequestException? refused = null;
        foreach (var node in Nodes)
        {
            try
            {
                return await PostAsync(node.BaseAddress, "api/v1/operator/session", request, ChatJson.Wire.OperatorSession);
            }
            catch (HttpRequestException e)
            {
                refused = e;
            }
        }
        throw refused!;
    }

    private async Task<TAnswer> PostAsync<TRequest, TAnswer>(
        Uri server,
        string path,
        TRequest request,
        System.Text.Json.Serialization.Metadata.JsonTypeInfo<TAnswer> answer
    )
    {
        using var response = await _http.PostAsJsonAsync(new Uri(server, path), request, ChatJson.Wire.Options);
        if (!response.IsSuccessStatusCode)
            throw new InvalidOperationException($"{path}: {response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        return (await response.Content.ReadFromJsonAsync(answer))!;
    }
}

/// <summary>How an operator of a cluster gets his tokens.</summary>
public sealed record OperatorAccess(string Email, Func<Task<OperatorSession>> SignInAsync);
