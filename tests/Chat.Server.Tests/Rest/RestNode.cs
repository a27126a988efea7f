using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Chat.Contracts;
using Chat.Testing.Clients;
using Chat.Testing.Nodes;

namespace Chat.Server.Tests.Rest;

/// <summary>One embedded node with its SQLite file, as a person starts it, and callers of every kind. Set up over REST itself.</summary>
public sealed partial class RestNode : IAsyncLifetime
{
    internal const string NewPassword = "correct horse battery";

    private readonly HttpClient _http = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("chat-rest-").FullName;

    internal string DataFolder => Path.Combine(_folder, "data");

    internal ChatNode Node { get; private set; } = null!;

    internal RestClient Anonymous { get; private set; } = null!;

    internal RestClient Admin { get; private set; } = null!;

    /// <summary>Of the inbox "shop".</summary>
    internal RestClient Olga { get; private set; } = null!;

    internal RestClient Supervisor { get; private set; } = null!;

    /// <summary>Of the inbox "other" alone.</summary>
    internal RestClient Stranger { get; private set; } = null!;

    internal InboxSettings Shop { get; private set; } = null!;

    internal InboxSettings Other { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Node = await ChatNode.StartAsync(
            new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["Storage__DataFolder"] = DataFolder,
                ["Networks__Sessions"] = "0",
                ["Identity__OperatorSessionsPerMinute"] = "0",
                ["Identity__PasswordsPerMinute"] = "0",
                ["RateLimits__CallsBurst"] = "100000",
                ["RateLimits__ChangesBurst"] = "300",
            }
        );
        _http.BaseAddress = Node.BaseAddress;
        Anonymous = new RestClient(_http, null, default);
        var password = Password().Match(await Node.WaitForLineAsync("Password ")).Groups["password"].Value;
        Admin = await SignInAsync("admin@localhost", password);
        Shop = await Admin.PostAsync<InboxSettings>(
            "admin/inboxes",
            new InboxDraft("Shop", "shop", ["https://shop.example"], AllowNativeApps: true, AllowPreview: true, OpenConversations: 1000)
        );
        Other = await Admin.PostAsync<InboxSettings>("admin/inboxes", new InboxDraft("Other", "other", ["https://other.example"], true));
        Olga = await AddOperatorAsync("Olga", OperatorRole.Operator, Shop);
        Supervisor = await AddOperatorAsync("Sven", OperatorRole.Supervisor, Shop);
        Stranger = await AddOperatorAsync("Stig", OperatorRole.Operator, Other);
    }

    public async ValueTask DisposeAsync()
    {
        await Node.DisposeAsync();
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    internal async Task<RestClient> NewVisitorAsync(string inbox = "shop")
    {
        var session = await Anonymous.PostAsync<VisitorSession>("visitor/session", new VisitorSessionRequest(inbox, Guid.NewGuid()));
        return new RestClient(_http, session.Token, session.VisitorId.Value);
    }

    internal async Task<RestClient> AddOperatorAsync(string name, OperatorRole role, params InboxSettings[] inboxes)
    {
        var email = $"{name.ToLowerInvariant()}@support.example";
        var draft = new OperatorDraft(email, name, role, [.. inboxes.Select(inbox => inbox.Id)]);
        var added = await Admin.PostAsync<AddedOperator>("admin/operators", draft);
        return await SignInAsync(email, added.Password, NewPassword);
    }

    internal RestClient With(VisitorSession session) => With(session.Token, session.VisitorId.Value);

    internal RestClient With(string token, Guid id) => new(_http, token, id);

    internal ChatClient Connect(RestClient caller, bool isOperator) =>
        isOperator
            ? ChatClient.Operator(() => Node.BaseAddress, () => Task.FromResult(caller.Token!))
            : ChatClient.Visitor(() => Node.BaseAddress, () => Task.FromResult(caller.Token!));

    internal async Task<RestClient> SignInAsync(string email, string password, string? newPassword = null)
    {
        var session = await Anonymous.PostAsync<OperatorSession>(
            "operator/session",
            new OperatorSessionRequest(email, password, newPassword)
        );
        return new RestClient(_http, session.Token, session.Operator.Id.Value);
    }

    [GeneratedRegex(@"Password\s+(?<password>\S+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Password();
}

[CollectionDefinition(Name)]
public sealed class RestCollection : ICollectionFixture<RestNode>
{
    public const string Name = "rest";
}
