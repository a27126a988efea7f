using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using Chat.Contracts;
using Chat.Testing.Nodes;
using Chat.Testing.Services;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Npgsql;

namespace Chat.Server.Tests.Identity;

/// <summary>Two nodes, an admin, and everything that ends a right.</summary>
internal sealed class RightsScene : IAsyncDisposable
{
    private const string Page = "https://page.example";

    private static readonly byte[] Secret = RandomNumberGenerator.GetBytes(32);

    private readonly ChatCluster _cluster;

    // Without cookies: each operator has his own.
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseCookies = false });
    private string _admin = "";
    private OperatorId _adminId;

    private RightsScene(ChatCluster cluster) => _cluster = cluster;

    public IReadOnlyList<ChatNode> Nodes => _cluster.Nodes;

    public static async Task<RightsScene> StartAsync(string redis)
    {
        var postgres = await PostgresService.SharedAsync();
        var scene = new RightsScene(await ChatCluster.StartAsync(await postgres.CreateDatabaseAsync(), redis));
        var admin = await scene._cluster.AddOperatorAsync("Ada", OperatorRole.Admin);
        var session = await admin.SignInAsync();
        (scene._admin, scene._adminId) = (session.Token, session.Operator.Id);
        return scene;
    }

    public async Task<Right> BystanderAsync()
    {
        var session = await VisitAsync(ChatCluster.Inbox);
        var right = new Right("signing key removed", "visitor", session.Token, DisconnectReason.AccessChanged, () => Task.CompletedTask);
        return await right.ConnectAsync(this, null);
    }

    /// <summary>Everything that ends a right, each with somebody who has it now.</summary>
    public async Task<IReadOnlyList<Right>> ArrangeAsync()
    {
        var shop = await AddInboxAsync("rights");
        var site = await AddInboxAsync("site", Page);
        var apps = await AddInboxAsync("apps");
        var gone = await AddInboxAsync("gone");
        var vouched = await AddInboxAsync("vouched");
        await ChangeAsync(HttpMethod.Put, $"admin/inboxes/{shop.Id}/identity-keys/k1", Key());
        await ChangeAsync(HttpMethod.Put, $"admin/inboxes/{shop.Id}/members/{_adminId}");
        await ChangeAsync(HttpMethod.Put, $"admin/inboxes/{vouched.Id}/identity-keys/k1", Key());
        Right[] visitors =
        [
            // By hand, as there is no call for it: the first, so that the others' announcements tell of it too.
            await VisitorAsync(
                "inbox removed",
                gone.Key,
                DisconnectReason.Revoked,
                _ => ExecuteAsync($"DELETE FROM inbox WHERE key = '{gone.Key}'"),
                waits: false
            ),
            await VisitorAsync("identified", shop.Key, DisconnectReason.AccessChanged, IdentifyAsync),
            await VisitorAsync("signed out", shop.Key, DisconnectReason.Revoked, LogoutAsync),
            await VisitorAsync("refresh token reused", shop.Key, DisconnectReason.AccessChanged, ReuseAsync),
            await VisitorAsync("blocked", shop.Key, DisconnectReason.Blocked, BlockAsync),
            await VisitorAsync(
                "identity key removed",
                vouched.Key,
                DisconnectReason.AccessChanged,
                _ => ChangeAsync(HttpMethod.Delete, $"admin/inboxes/{vouched.Id}/identity-keys/k1"),
                identity: Sign(vouched.Key, "u1")
            ),
            await VisitorAsync(
                "origin removed",
                site.Key,
                DisconnectReason.AccessChanged,
                _ => ChangeAsync(HttpMethod.Patch, $"admin/inboxes/{site.Id}", new InboxPatch(Origins: [])),
                origin: Page
            ),
            await VisitorAsync(
                "native apps refused",
                apps.Key,
                DisconnectReason.AccessChanged,
                _ => ChangeAsync(HttpMethod.Patch, $"admin/inboxes/{apps.Id}", new InboxPatch(AllowNativeApps: false)),
                // REST without a page is not asked where it comes from.
                refusedPath: null,
                waits: false
            ),
        ];
        var shared = (await OpenAsync((await VisitAsync(shop.Key)).Token, null))!.Value;
        var staff = await Task.WhenAll(
            OperatorAsync("signed out", shop, shared, DisconnectReason.Revoked, o => PostAsync("operator/logout", null, o.Cookie)),
            OperatorAsync("cookie reused", shop, shared, DisconnectReason.AccessChanged, ReuseAsync),
            OperatorAsync("disabled", shop, shared, DisconnectReason.Revoked, o => PatchAsync(o, new OperatorPatch(Disabled: true))),
            OperatorAsync(
                "other role",
                shop,
                shared,
                DisconnectReason.AccessChanged,
                o => PatchAsync(o, new OperatorPatch(OperatorRole.Supervisor))
            ),
            OperatorAsync(
                "password reset",
                shop,
                shared,
                DisconnectReason.AccessChanged,
                o => ChangeAsync(HttpMethod.Post, $"admin/operators/{o.Id}/password")
            ),
            OperatorAsync(
                "password chosen",
                shop,
                shared,
                DisconnectReason.AccessChanged,
                o => PostAsync("operator/session", new OperatorSessionRequest(o.Email, ChatCluster.Password, ChatCluster.Password + "!"))
            ),
            OperatorAsync(
                "membership ended",
                shop,
                shared,
                DisconnectReason.AccessChanged,
                o => ChangeAsync(HttpMethod.Delete, $"admin/inboxes/{shop.Id}/members/{o.Id}"),
                refusedPath: null
            )
        );
        return [.. visitors, .. staff];
    }

    /// <summary>As after a leak: by hand, because rotating leaves the old one good for the tokens that it signed.</summary>
    public Task RemoveSigningKeysAsync() => ExecuteAsync("DELETE FROM signing_key");

    public Task<HttpResponseMessage> GetAsync(int node, string path, string token, string? origin) =>
        SendAsync(HttpMethod.Get, node, path, token, origin: origin);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _cluster.DisposeAsync();
    }

    private async Task<Right> VisitorAsync(
        string name,
        string inbox,
        DisconnectReason reason,
        Func<Visit, Task> end,
        string? origin = null,
        string? identity = null,
        string? refusedPath = "me",
        bool waits = true
    )
    {
        var device = Guid.NewGuid();
        var session = await VisitAsync(inbox, device, identity, origin: origin);
        var visit = new Visit(inbox, device, session);
        var right = new Right($"visitor {name}", "visitor", session.Token, reason, () => end(visit))
        {
            Origin = origin,
            RefusedPath = refusedPath,
        };
        return await right.ConnectAsync(this, waits ? await OpenAsync(session.Token, origin) : null);
    }

    private async Task<Right> OperatorAsync(
        string name,
        InboxSettings inbox,
        ConversationId shared,
        DisconnectReason reason,
        Func<SignedIn, Task> end,
        string? refusedPath = "me"
    )
    {
        var email = $"{name.Replace(' ', '.')}@rights.example";
        using var added = await SendAsync(
            HttpMethod.Post,
            0,
            "admin/operators",
            _admin,
            new OperatorDraft(email, name, Inboxes: [inbox.Id])
        );
        var account = await ReadAsync<AddedOperator>(added);
        using var answer = await SendAsync(
            HttpMethod.Post,
            0,
            "operator/session",
            null,
            new OperatorSessionRequest(email, account.Password, ChatCluster.Password)
        );
        var session = await ReadAsync<OperatorSession>(answer);
        var signedIn = new SignedIn(account.Operator.Id, email, IdentityServer.CookieOf(answer)!);
        var right = new Right($"operator {name}", "operator", session.Token, reason, () => end(signedIn)) { RefusedPath = refusedPath };
        return await right.ConnectAsync(this, shared);
    }

    private async Task IdentifyAsync(Visit visit) =>
        await VisitAsync(visit.Inbox, visit.Device, Sign(visit.Inbox, "identified"), visit.Session.RefreshToken);

    private Task LogoutAsync(Visit visit) => PostAsync("visitor/logout", new VisitorLogout(visit.Session.RefreshToken));

    private async Task ReuseAsync(Visit visit)
    {
        var second = await VisitAsync(visit.Inbox, visit.Device, refresh: visit.Session.RefreshToken);
        await VisitAsync(visit.Inbox, visit.Device, refresh: second.RefreshToken);
        using var refused = await TryVisitAsync(visit.Inbox, visit.Device, null, visit.Session.RefreshToken, null);
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    private async Task ReuseAsync(SignedIn signedIn)
    {
        var body = new OperatorSessionRequest();
        using var first = await SendAsync(HttpMethod.Post, 0, "operator/session", null, body, signedIn.Cookie);
        using var second = await SendAsync(HttpMethod.Post, 0, "operator/session", null, body, IdentityServer.CookieOf(first));
        Assert.True(second.IsSuccessStatusCode);
        using var refused = await SendAsync(HttpMethod.Post, 0, "operator/session", null, body, signedIn.Cookie);
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    private Task BlockAsync(Visit visit) => ChangeAsync(HttpMethod.Put, $"visitors/{visit.Session.VisitorId}/block", new BlockVisitor());

    private Task PatchAsync(SignedIn who, OperatorPatch patch) => ChangeAsync(HttpMethod.Patch, $"admin/operators/{who.Id}", patch);

    private async Task<InboxSettings> AddInboxAsync(string key, params string[] origins)
    {
        var draft = new InboxDraft(key, key, origins, AllowNativeApps: true);
        using var added = await SendAsync(HttpMethod.Post, 0, "admin/inboxes", _admin, draft);
        var inbox = await ReadAsync<InboxSettings>(added);
        // The other node has to know it before visitors of it come there.
        using var known = await SendAsync(HttpMethod.Post, 1, "visitor/session", null, new VisitorSessionRequest(key, Guid.NewGuid()));
        return inbox;
    }

    private async Task<ConversationId?> OpenAsync(string token, string? origin)
    {
        using var opened = await SendAsync(
            HttpMethod.Post,
            0,
            "conversations",
            token,
            new OpenConversation(Guid.NewGuid()),
            origin: origin
        );
        return (await ReadAsync<OpenResult>(opened)).Page.Conversation.Id;
    }

    private async Task<VisitorSession> VisitAsync(
        string inbox,
        Guid? device = null,
        string? identity = null,
        string? refresh = null,
        string? origin = null
    )
    {
        using var answer = await TryVisitAsync(inbox, device, identity, refresh, origin);
        return await ReadAsync<VisitorSession>(answer);
    }

    private Task<HttpResponseMessage> TryVisitAsync(string inbox, Guid? device, string? identity, string? refresh, string? origin) =>
        SendAsync(
            HttpMethod.Post,
            0,
            "visitor/session",
            null,
            new VisitorSessionRequest(inbox, device ?? Guid.NewGuid(), identity, refresh),
            origin: origin
        );

    private async Task ChangeAsync(HttpMethod method, string path, object? body = null)
    {
        using var answer = await SendAsync(method, 0, path, _admin, body);
        Assert.True(answer.IsSuccessStatusCode, $"{method} {path}: {await answer.Content.ReadAsStringAsync()}");
    }

    private async Task PostAsync(string path, object? body, string? cookie = null)
    {
        using var answer = await SendAsync(HttpMethod.Post, 0, path, null, body, cookie);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {await answer.Content.ReadAsStringAsync()}");
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        int node,
        string path,
        string? token,
        object? body = null,
        string? cookie = null,
        string? origin = null
    )
    {
        using var request = new HttpRequestMessage(method, new Uri(Nodes[node].BaseAddress, $"api/v1/{path}"));
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (cookie is not null)
            request.Headers.Add("Cookie", $"chat_refresh={cookie}");
        if (origin is not null)
            request.Headers.Add("Origin", origin);
        if (body is not null)
            request.Content = JsonContent.Create(body, body.GetType(), options: ChatJson.Wire.Options);
        return await _http.SendAsync(request);
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{answer.RequestMessage!.RequestUri}: {answer.StatusCode} {text}");
        return (T)System.Text.Json.JsonSerializer.Deserialize(text, typeof(T), ChatJson.Wire)!;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(_cluster.ConnectionString);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static IdentityKey Key() => new("HS256", Convert.ToHexString(Secret));

    private static string Sign(string inbox, string subject) =>
        new JsonWebTokenHandler().CreateToken(
            new SecurityTokenDescriptor
            {
                Audience = inbox,
                Claims = new Dictionary<string, object>(StringComparer.Ordinal) { ["sub"] = subject },
                Expires = TimeProvider.System.GetUtcNow().AddMinutes(5).UtcDateTime,
                SigningCredentials = new SigningCredentials(
                    new SymmetricSecurityKey(Encoding.UTF8.GetBytes(Convert.ToHexString(Secret))) { KeyId = "k1" },
                    SecurityAlgorithms.HmacSha256
                ),
            }
        );

    private sealed record Visit(string Inbox, Guid Device, VisitorSession Session);

    private sealed record SignedIn(OperatorId Id, string Email, string Cookie);
}
