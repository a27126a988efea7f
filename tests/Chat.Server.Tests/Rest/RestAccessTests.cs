using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Chat.Contracts;

namespace Chat.Server.Tests.Rest;

/// <summary>Who may call what: every route of the document, as everybody.</summary>
[Collection(RestCollection.Name)]
public sealed partial class RestAccessTests(RestNode node)
{
    [Fact]
    public async Task Without_a_token_every_route_but_the_sessions_is_unauthenticated()
    {
        foreach (var (method, path, _) in Routes().Where(route => route.Roles.Count > 0))
            await node.Anonymous.RefusedAsync(ErrorCode.Unauthenticated, method, path, Body(method));
    }

    [Fact]
    public async Task A_token_in_the_address_counts_for_nothing() =>
        await node.Anonymous.RefusedAsync(ErrorCode.Unauthenticated, $"me?access_token={node.Olga.Token}");

    [Fact]
    public async Task Every_route_of_another_role_is_forbidden()
    {
        var visitor = await node.NewVisitorAsync();
        (RestClient Caller, string[] Roles)[] callers =
        [
            (visitor, ["visitor"]),
            (node.Olga, ["operator"]),
            (node.Supervisor, ["operator"]),
            (node.Admin, ["operator", "admin"]),
        ];
        var refused = 0;
        foreach (var (method, path, roles) in Routes().Where(route => route.Roles.Count > 0))
        {
            foreach (var (caller, has) in callers.Where(caller => !roles.Intersect(caller.Roles).Any()))
            {
                await caller.RefusedAsync(ErrorCode.Forbidden, method, path, Body(method));
                refused++;
            }
        }
        Assert.InRange(refused, 20, int.MaxValue);
    }

    [Fact]
    public async Task Another_ones_conversation_does_not_exist_on_any_route()
    {
        var owner = await node.NewVisitorAsync();
        var id = await owner.OpenAsync();
        await owner.SayAsync(id, "Mine");
        var foreigner = await node.NewVisitorAsync();

        foreach (
            var (method, path, roles) in Routes().Where(route => route.Template.StartsWith("conversations/{id}", StringComparison.Ordinal))
        )
        {
            var at = path.Replace(Guid.Empty.ToString(), id.ToString(), StringComparison.Ordinal);
            if (roles.Contains("visitor"))
                await foreigner.RefusedAsync(ErrorCode.NotFound, method, at, method == HttpMethod.Get ? null : AnyRecord(id));
            if (roles.Contains("operator"))
                await node.Stranger.RefusedAsync(ErrorCode.NotFound, method, at, method == HttpMethod.Get ? null : AnyRecord(id));
        }
        await node.Olga.RefusedAsync(ErrorCode.NotFound, $"conversations?inbox={node.Other.Id}");
        await node.Olga.RefusedAsync(ErrorCode.NotFound, $"inboxes/{node.Other.Id}/assignees");
        Assert.Empty((await node.Stranger.GetAsync<ConversationList>($"conversations?visitor={owner.Id}")).Rows);
        Assert.Empty((await foreigner.GetAsync<ConversationList>("conversations")).Rows);
        Assert.Equal(2, (await owner.GetAsync<ConversationPage>($"conversations/{id}")).Seq);
    }

    [Fact]
    public async Task No_route_gives_a_visitor_what_is_for_staff()
    {
        const string Secret = "purple-elephant";
        var visitor = await node.NewVisitorAsync();
        var id = await visitor.OpenAsync("A topic");
        await node.Olga.ClaimAsync(id);
        await node.Olga.SayAsync(id, $"note {Secret}", SendKind.Note);
        await node.Olga.PostAsync<SendResult>($"conversations/{id}/tags", new TagConversation(id, Guid.NewGuid(), Add: [Secret]));
        await node.Olga.PostAsync<SendResult>(
            $"conversations/{id}/transfer",
            new TransferConversation(id, Guid.NewGuid(), new OperatorId(node.Supervisor.Id), Text: Secret)
        );
        await node.Supervisor.DoAsync(HttpMethod.Post, $"conversations/{id}/read", new MarkSeq(id, 1));

        var texts = new List<string>();
        foreach (
            var path in (string[])
                [
                    "conversations",
                    $"conversations/{id}",
                    $"conversations/{id}/events",
                    $"conversations/{id}/events?after=1&waitMs=1000",
                    $"conversations/{id}/transcript",
                ]
        )
            texts.Add(await TextAsync(HttpMethod.Get, path));
        texts.Add(await TextAsync(HttpMethod.Post, "sync", new Sync([new Cursor(id, 0, 0)])));
        texts.Add(await TextAsync(HttpMethod.Post, $"conversations/{id}/events", new SendMessage(id, Guid.NewGuid(), "Hello")));

        Assert.All(
            texts,
            text =>
            {
                Assert.Contains(id.ToString(), text, StringComparison.Ordinal);
                Assert.DoesNotContain(Secret, text, StringComparison.Ordinal);
                Assert.DoesNotContain("\"tags\"", text, StringComparison.Ordinal);
                Assert.DoesNotContain("\"waitingSince\"", text, StringComparison.Ordinal);
                Assert.DoesNotContain("\"operatorId\"", text, StringComparison.Ordinal);
            }
        );

        async Task<string> TextAsync(HttpMethod method, string path, object? body = null)
        {
            using var answer = await visitor.SendAsync(method, path, body);
            Assert.True(answer.IsSuccessStatusCode);
            return await answer.Content.ReadAsStringAsync();
        }
    }

    [Fact]
    public async Task Browsers_of_the_inboxs_pages_may_read_the_answers_and_others_may_not_call()
    {
        var visitor = await node.NewVisitorAsync();

        using var preflight = await PreflightAsync("https://shop.example");
        using var foreignPreflight = await PreflightAsync("https://evil.example");
        using var own = await visitor.SendAsync(HttpMethod.Get, "me", origin: "https://shop.example");
        using var otherInbox = await visitor.SendAsync(HttpMethod.Get, "me", origin: "https://other.example");
        using var operatorThere = await node.Olga.SendAsync(HttpMethod.Get, "me", origin: "https://shop.example");
        using var operatorHere = await node.Olga.SendAsync(
            HttpMethod.Get,
            "me",
            origin: node.Node.BaseAddress.GetLeftPart(UriPartial.Authority)
        );

        Assert.Equal("https://shop.example", Allowed(preflight));
        Assert.Null(Allowed(foreignPreflight));
        Assert.Equal((200, "https://shop.example"), ((int)own.StatusCode, Allowed(own)));
        Assert.Equal(403, (int)otherInbox.StatusCode);
        Assert.Equal(403, (int)operatorThere.StatusCode);
        Assert.Equal(200, (int)operatorHere.StatusCode);

        static string? Allowed(HttpResponseMessage answer) =>
            answer.Headers.TryGetValues("Access-Control-Allow-Origin", out var values) ? values.Single() : null;

        async Task<HttpResponseMessage> PreflightAsync(string origin)
        {
            using var http = new HttpClient { BaseAddress = node.Node.BaseAddress };
            using var request = new HttpRequestMessage(HttpMethod.Options, "api/v1/conversations");
            request.Headers.Add("Origin", origin);
            request.Headers.Add("Access-Control-Request-Method", "POST");
            request.Headers.Add("Access-Control-Request-Headers", "authorization,content-type");
            return await http.SendAsync(request);
        }
    }

    [Fact]
    public async Task An_address_that_does_not_exist_is_a_problem_too() => await node.Olga.RefusedAsync(ErrorCode.NotFound, "nothing/here");

    /// <summary>The routes of the kept document; ids are zero.</summary>
    private static IEnumerable<Route> Routes()
    {
        var document = JsonNode.Parse(File.ReadAllText(OpenApiTests.KeptPath))!;
        foreach (var (path, operations) in document["paths"]!.AsObject())
        {
            foreach (var (method, operation) in operations!.AsObject())
            {
                var security = operation!["security"]!.AsArray();
                IReadOnlyList<string> roles =
                    security.Count == 0 ? [] : [.. security[0]!["bearer"]!.AsArray().Select(role => (string)role!)];
                var template = path["/api/v1/".Length..];
                yield return new Route(HttpMethod.Parse(method), Parameter().Replace(template, Guid.Empty.ToString()), roles, template);
            }
        }
    }

    private static SigningKey? Body(HttpMethod method) =>
        method == HttpMethod.Get || method == HttpMethod.Delete ? null : new SigningKey("x");

    /// <summary>Fields of every record that a conversation takes.</summary>
    private static StringContent AnyRecord(ConversationId id) =>
        new(
            JsonSerializer.Serialize(
                new Dictionary<string, object>(StringComparer.Ordinal)
                {
                    ["conversationId"] = id.Value,
                    ["clientId"] = Guid.NewGuid(),
                    ["body"] = "x",
                    ["seq"] = 1,
                    ["score"] = 5,
                    ["status"] = "closed",
                    ["operatorId"] = Guid.NewGuid(),
                }
            ),
            System.Text.Encoding.UTF8,
            "application/json"
        );

    [GeneratedRegex(@"\{\w+\}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Parameter();

    private sealed record Route(HttpMethod Method, string Path, IReadOnlyList<string> Roles, string Template)
    {
        public void Deconstruct(out HttpMethod method, out string path, out IReadOnlyList<string> roles) =>
            (method, path, roles) = (Method, Path, Roles);
    }
}
