using System.Net.Http.Json;
using System.Security.Cryptography;
using Chat.Contracts;
using Chat.Server.Identity;
using Chat.Server.Inboxes;
using Chat.Testing.Clients;
using Chat.Testing.Nodes;

namespace Chat.Server.Tests.Hubs;

/// <summary>
/// One embedded node as a process of its own, with two inboxes and their staff, and two bystanders who chat all the while. Tests come as fresh visitors
/// and share the staff.
/// </summary>
public class HubScene : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("chat-hubs-").FullName;
    private readonly HttpClient _http = new();

    public ChatNode Node { get; private set; } = null!;

    internal Seed Seed { get; private set; } = null!;

    internal SceneDatabase Database { get; private set; } = null!;

    internal Bystanders Bystanders { get; private set; } = null!;

    /// <summary>What its node is told besides.</summary>
    protected virtual IReadOnlyDictionary<string, string?> Settings { get; } = new Dictionary<string, string?>(StringComparer.Ordinal);

    public async ValueTask InitializeAsync()
    {
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Storage__DataFolder"] = _folder,
            ["Identity__MasterKey"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
            ["Networks__Sessions"] = "0",
            ["Identity__OperatorSessionsPerMinute"] = "0",
        };
        foreach (var (name, value) in Settings)
            settings[name] = value;
        Seed = await Seed.PlantAsync(settings);
        Node = await ChatNode.StartAsync(settings);
        Database = new SceneDatabase(Path.Combine(_folder, "chat.db"));
        Bystanders = await Bystanders.StartAsync(this);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (Bystanders is not null)
            await Bystanders.DisposeAsync();
        if (Node is not null)
            await Node.DisposeAsync();
        _http.Dispose();
        Database?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    public Task<VisitorSession> NewVisitorAsync(string inbox = Seed.ShopKey) =>
        OpenSessionAsync(new VisitorSessionRequest(inbox, Guid.NewGuid()));

    public async Task<VisitorSession> OpenSessionAsync(VisitorSessionRequest request)
    {
        using var response = await PostAsync("visitor/session", request);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync(ChatJson.Wire.VisitorSession))!;
    }

    public Task<HttpResponseMessage> PostAsync(string path, object body) =>
        _http.PostAsJsonAsync(new Uri(Node.BaseAddress, $"api/v1/{path}"), body, ChatJson.Wire.Options);

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) => _http.SendAsync(request);

    /// <summary>A key that no inbox has makes the node read inboxes, operators and memberships again, and what a second ago was good for it is not.</summary>
    public async Task RefreshDirectoryAsync(Func<Task<bool>> done)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!await done())
        {
            using var answer = await PostAsync("visitor/session", new VisitorSessionRequest($"none-{Guid.NewGuid():n}", Guid.NewGuid()));
            await pause.WaitForNextTickAsync(deadline.Token);
        }
    }

    /// <summary>A stock client of a new visitor.</summary>
    public async Task<ChatClient> VisitorClientAsync(string inbox = Seed.ShopKey) => VisitorClient(await NewVisitorAsync(inbox));

    public ChatClient VisitorClient(VisitorSession session) =>
        ChatClient.Visitor(() => Node.BaseAddress, () => Task.FromResult(session.Token));

    internal ChatClient StaffClient(OperatorProfile who) =>
        ChatClient.Operator(() => Node.BaseAddress, () => Task.FromResult(Seed.TokenOf(who)));

    /// <summary>A raw socket of a new visitor, after its handshake and Hello.</summary>
    internal async Task<RawSocket> VisitorSocketAsync(string inbox = Seed.ShopKey) =>
        await SocketAsync("visitor", (await NewVisitorAsync(inbox)).Token);

    internal Task<RawSocket> StaffSocketAsync(OperatorProfile who) => SocketAsync("operator", Seed.TokenOf(who));

    internal async Task<RawSocket> SocketAsync(string hub, string token)
    {
        var socket = await ConnectAsync(hub, token);
        await socket.ShakeHandsAsync();
        var hello = await socket.CallAsync("Hello", new Hello(ProtocolVersion.Current, Guid.NewGuid()));
        return hello.Error is null ? socket : throw new InvalidOperationException($"Hello: {hello.Error}");
    }

    internal Task<RawSocket> ConnectAsync(string hub, string? token, string? origin = null) =>
        RawSocket.ConnectAsync(Node.BaseAddress, $"hubs/{hub}", token, origin);
}

[CollectionDefinition(Name)]
public sealed class HubTests : ICollectionFixture<HubScene>
{
    public const string Name = "Hubs";
}
