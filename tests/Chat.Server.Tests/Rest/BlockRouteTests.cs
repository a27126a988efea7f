using System.Net.Http.Json;
using System.Text;
using Chat.Contracts;
using Chat.Server.Operators;
using Chat.Testing.Clients;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Chat.Server.Tests.Rest;

/// <summary>Blocking as operators and visitors see it, and operators who sign out.</summary>
[Collection(RestCollection.Name)]
public sealed class BlockRouteTests(RestNode node)
{
    [Fact]
    public async Task A_blocked_visitors_socket_closes_and_nothing_of_him_is_taken_until_he_is_unblocked()
    {
        var device = Guid.NewGuid();
        var session = await node.Anonymous.PostAsync<VisitorSession>("visitor/session", new VisitorSessionRequest("shop", device));
        var visitor = node.With(session);
        var id = await visitor.OpenAsync();
        await using var socket = node.Connect(visitor, isOperator: false);
        await socket.UntilAsync(() => socket.Reconnects == 0, "the socket is there");
        var path = $"visitors/{session.VisitorId}/block";

        await node.Olga.DoAsync(HttpMethod.Put, path, new BlockVisitor("Threats"));
        await node.Olga.DoAsync(HttpMethod.Put, path, new BlockVisitor());

        await socket.UntilAsync(() => socket.Pushes.Any(push => push.Push is GoAway { Reason: "blocked" }), "the socket is sent away");
        var say = new SendMessage(id, Guid.NewGuid(), "Still here");
        var refused = await visitor.RefusedAsync(ErrorCode.Forbidden, $"conversations/{id}/events", say);
        Assert.Equal("blocked", refused.Detail);
        await visitor.RefusedAsync(ErrorCode.Forbidden, "me");
        foreach (var refresh in (string?[])[null, session.RefreshToken])
        {
            var again = new VisitorSessionRequest("shop", device, RefreshToken: refresh);
            Assert.Equal("blocked", (await node.Anonymous.RefusedAsync(ErrorCode.Forbidden, "visitor/session", again)).Detail);
        }
        var page = await node.Olga.GetAsync<ConversationPage>($"conversations/{id}");
        Assert.True(page.Conversation.Visitor.Blocked);
        var row = (await node.Olga.GetAsync<ConversationList>($"conversations?visitor={session.VisitorId}")).Rows.Single().Row;
        Assert.Equal((true, null), (row.Visitor.Blocked, row.Visitor.Device));

        await node.Olga.DoAsync(HttpMethod.Delete, path);
        Assert.Equal(ResultStatus.Ok, (await visitor.PostAsync<SendResult>($"conversations/{id}/events", say)).Status);
        Assert.Null((await node.Olga.GetAsync<ConversationPage>($"conversations/{id}")).Conversation.Visitor.Blocked);
    }

    [Fact]
    public async Task Colleagues_see_at_once_who_was_blocked_and_by_whom_in_their_lists_and_in_the_conversation()
    {
        var visitor = await node.NewVisitorAsync();
        var id = await visitor.OpenAsync();
        await using var sven = await WatchAsync(node.Supervisor, id);
        await using var own = node.Connect(visitor, isOperator: false);
        await own.UntilAsync(() => own.Log(id).Seq > 0, "the visitor follows");

        await node.Olga.DoAsync(HttpMethod.Put, $"visitors/{visitor.Id}/block", new BlockVisitor("Threats"));

        await sven.UntilAsync(() => RowOf(sven, id).Visitor.Blocked == true, "the row says so");
        await sven.UntilAsync(() => sven.Log(id).Events.Any(e => e.Data?.Code == "blocked"), "the conversation says so");
        var blocked = sven.Log(id).Events.Last();
        Assert.Equal((EventType.Visitor, "Olga"), (blocked.Type, blocked.Actor!.Name));
        await node.Olga.DoAsync(HttpMethod.Delete, $"visitors/{visitor.Id}/block");
        await sven.UntilAsync(() => RowOf(sven, id).Visitor.Blocked is null, "the row says that he is not any more");
        var history = await visitor.GetAsync<HistoryResult>($"conversations/{id}/events");
        Assert.All(history.Events.Where(e => e.Seq >= blocked.Seq), e => Assert.Equal((EventType.Skip, null), (e.Type, e.Data)));
    }

    [Fact]
    public async Task A_block_is_told_in_what_is_not_closed_however_old_it_is()
    {
        var visitor = await node.NewVisitorAsync();
        var live = await visitor.OpenAsync();
        for (var i = 0; i < 50; i++)
        {
            var id = await visitor.OpenAsync();
            await visitor.PostAsync<SendResult>($"conversations/{id}/close", new ConversationCommand(id, Guid.NewGuid()));
        }
        await using var sven = await WatchAsync(node.Supervisor, live);

        await node.Olga.DoAsync(HttpMethod.Put, $"visitors/{visitor.Id}/block", new BlockVisitor("Threats"));

        await sven.UntilAsync(() => sven.Log(live).Events.Any(e => e.Data?.Code == "blocked"), "the conversation says so");
    }

    [Fact]
    public async Task Colleagues_see_at_once_whom_the_site_vouches_for()
    {
        const string secret = "0123456789abcdef0123456789abcdef";
        await node.Admin.DoAsync(HttpMethod.Put, $"admin/inboxes/{node.Shop.Id}/identity-keys/vouch", new IdentityKey("HS256", secret));
        var device = Guid.NewGuid();
        var session = await node.Anonymous.PostAsync<VisitorSession>("visitor/session", new VisitorSessionRequest("shop", device));
        var id = await node.With(session).OpenAsync();
        await using var sven = await WatchAsync(node.Supervisor, id);

        var identified = await node.Anonymous.PostAsync<VisitorSession>(
            "visitor/session",
            new VisitorSessionRequest("shop", device, IdentityToken: TokenOf("Vera", secret), RefreshToken: session.RefreshToken)
        );

        await sven.UntilAsync(() => RowOf(sven, id).Visitor is { Identified: true, Name: "Vera" }, "the row says who he is");
        await sven.UntilAsync(() => sven.Log(id).Events.Any(e => e.Data?.Code == "identified"), "the conversation says so");
        Assert.Equal(new VisitorFace(identified.VisitorId, "Vera", true), sven.Log(id).Events.Last().Data!.Visitor);
    }

    [Fact]
    public async Task Only_members_of_his_inbox_block_a_visitor()
    {
        var visitor = await node.NewVisitorAsync();
        await visitor.OpenAsync();
        var path = $"visitors/{visitor.Id}/block";

        await node.Stranger.RefusedAsync(ErrorCode.NotFound, HttpMethod.Put, path, new BlockVisitor());
        await node.Stranger.RefusedAsync(ErrorCode.NotFound, HttpMethod.Delete, path);
        await visitor.RefusedAsync(ErrorCode.Forbidden, HttpMethod.Put, path, new BlockVisitor());
        await node.Olga.RefusedAsync(ErrorCode.NotFound, HttpMethod.Put, $"visitors/{Guid.NewGuid()}/block", new BlockVisitor());
        var wordy = new BlockVisitor(new string('x', Limits.ReasonLength + 1));
        await node.Olga.RefusedAsync(ErrorCode.TooLarge, HttpMethod.Put, path, wordy);

        Assert.Equal(visitor.Id, (await visitor.GetAsync<Me>("me")).Id);
    }

    [Fact]
    public async Task Staff_see_with_what_a_visitor_came_and_he_does_not()
    {
        using var http = new HttpClient { BaseAddress = node.Node.BaseAddress };
        http.DefaultRequestHeaders.TryAddWithoutValidation(
            "User-Agent",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
        );
        var request = new VisitorSessionRequest("shop", Guid.NewGuid(), Locale: "ru-RU");
        using var answer = await http.PostAsJsonAsync("api/v1/visitor/session", request, ChatJson.Wire.Options);
        var visitor = node.With((await answer.Content.ReadFromJsonAsync(ChatJson.Wire.VisitorSession))!);
        var id = await visitor.OpenAsync();

        var seen = (await node.Olga.GetAsync<ConversationPage>($"conversations/{id}")).Conversation.Visitor;
        using var own = await visitor.SendAsync(HttpMethod.Get, $"conversations/{id}");

        Assert.Equal((new VisitorDevice("Chrome 141", "Windows"), "ru-RU"), (seen.Device, seen.Locale));
        Assert.DoesNotContain("Chrome", await own.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain("locale", await own.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_operator_who_signs_out_in_one_browser_stays_in_the_other()
    {
        var added = await node.Admin.PostAsync<AddedOperator>(
            "admin/operators",
            new OperatorDraft("two-browsers@support.example", "Two", Inboxes: [node.Shop.Id])
        );
        await node.SignInAsync(added.Operator.Email, added.Password, "correct horse battery");
        var (first, cookie) = await SignInAsync(added.Operator.Email);
        var (second, _) = await SignInAsync(added.Operator.Email);
        await using var leaving = node.Connect(first, isOperator: true);
        await using var staying = node.Connect(second, isOperator: true);
        await leaving.UntilAsync(() => leaving.Reconnects == 0, "the socket is there");
        await staying.UntilAsync(() => staying.Reconnects == 0, "the socket is there");

        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = node.Node.BaseAddress };
        using var logout = new HttpRequestMessage(HttpMethod.Post, "api/v1/operator/logout");
        logout.Headers.Add("Cookie", $"{OperatorSessionEndpoints.Cookie}={cookie}");
        using var answer = await http.SendAsync(logout);

        Assert.Equal(204, (int)answer.StatusCode);
        await leaving.UntilAsync(() => leaving.Pushes.Any(push => push.Push is GoAway { Reason: "revoked" }), "the socket is sent away");
        await second.DoAsync(HttpMethod.Put, "me/availability", new SetAvailability(Availability.Away));
        Assert.DoesNotContain(staying.Pushes, push => push.Push is GoAway);
    }

    private async Task<(RestClient Caller, string Cookie)> SignInAsync(string email)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = node.Node.BaseAddress };
        var request = new OperatorSessionRequest(email, "correct horse battery");
        using var answer = await http.PostAsJsonAsync("api/v1/operator/session", request, ChatJson.Wire.Options);
        var session = (await answer.Content.ReadFromJsonAsync(ChatJson.Wire.OperatorSession))!;
        var cookie = answer.Headers.GetValues("Set-Cookie").Single().Split(';')[0].Split('=', 2)[1];
        return (node.With(session.Token, session.Operator.Id.Value), cookie);
    }

    private async Task<ChatClient> WatchAsync(RestClient @operator, ConversationId id)
    {
        var socket = node.Connect(@operator, isOperator: true);
        await socket.WatchAsync();
        await socket.OpenAsync(id);
        return socket;
    }

    private static InboxRow RowOf(ChatClient socket, ConversationId id) => socket.LookAtList(list => list.Open[id]);

    private static string TokenOf(string name, string secret) =>
        new JsonWebTokenHandler().CreateToken(
            new SecurityTokenDescriptor
            {
                Audience = "shop",
                Expires = TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(5),
                Claims = new Dictionary<string, object>(StringComparer.Ordinal) { ["sub"] = name, ["name"] = name },
                SigningCredentials = new(
                    new SymmetricSecurityKey(Encoding.UTF8.GetBytes(secret)) { KeyId = "vouch" },
                    SecurityAlgorithms.HmacSha256
                ),
            }
        );
}
