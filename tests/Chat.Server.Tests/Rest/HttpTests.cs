using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Chat.Contracts;

namespace Chat.Server.Tests.Rest;

/// <summary>What programs expect of HTTP itself.</summary>
[Collection(RestCollection.Name)]
public sealed class HttpTests(RestNode node)
{
    [Theory]
    [InlineData("POST", "me", "GET")]
    [InlineData("DELETE", "conversations", "GET, POST")]
    [InlineData("PATCH", "visitor/session", "POST")]
    public async Task A_method_that_an_address_does_not_have_is_a_problem_that_names_those_it_has(
        string method,
        string path,
        string allowed
    )
    {
        using var answer = await node.Olga.SendAsync(HttpMethod.Parse(method), path);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        Assert.Equal(allowed.Split(", "), answer.Content.Headers.Allow.Order());
        var problem = await ProblemAsync(answer);
        Assert.Equal((ErrorCode.Invalid.Code, 405), (problem.Code, problem.Status));
        Assert.Contains(method, problem.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    public async Task A_body_that_is_no_JSON_is_a_problem(string type)
    {
        using var body = new StringContent("{}", Encoding.UTF8, type);
        using var answer = await node.Anonymous.SendAsync(HttpMethod.Post, "visitor/session", body);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
        var problem = await ProblemAsync(answer);
        Assert.Equal((ErrorCode.Invalid.Code, 415), (problem.Code, problem.Status));
        Assert.Contains("application/json", problem.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("api/v1/me")]
    [InlineData("api/v1/inboxes")]
    [InlineData("openapi/v1.json")]
    public async Task HEAD_is_answered_as_GET_without_its_body(string path)
    {
        using var get = await CallAsync(HttpMethod.Get, path);
        using var head = await CallAsync(HttpMethod.Head, path);

        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal(get.Content.Headers.ContentLength, head.Content.Headers.ContentLength);
        Assert.Equal(get.Headers.ETag, head.Headers.ETag);
        Assert.Equal(get.Content.Headers.ContentType, head.Content.Headers.ContentType);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("api/v1/widget/shop")]
    [InlineData("api/v1/conversations")]
    [InlineData("api/v1/inboxes")]
    [InlineData("api/v1/canned-replies")]
    public async Task Whoever_holds_what_a_polled_route_answers_is_told_that_it_is_the_same(string path)
    {
        using var first = await CallAsync(HttpMethod.Get, path);
        var tag = first.Headers.ETag;
        Assert.NotNull(tag);

        using var same = await CallAsync(HttpMethod.Get, path, request => request.Headers.IfNoneMatch.Add(tag));
        using var other = await CallAsync(HttpMethod.Get, path, request => request.Headers.IfNoneMatch.Add(new("\"other\"", true)));
        using var broken = await CallAsync(
            HttpMethod.Get,
            path,
            request => request.Headers.TryAddWithoutValidation("If-None-Match", "nonsense")
        );

        Assert.Equal((HttpStatusCode.NotModified, tag), (same.StatusCode, same.Headers.ETag));
        Assert.Empty(await same.Content.ReadAsByteArrayAsync());
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK], new[] { other.StatusCode, broken.StatusCode });
    }

    [Fact]
    public async Task What_has_changed_has_another_tag()
    {
        var olga = await node.AddOperatorAsync($"Tagged{Guid.NewGuid():n}"[..20], OperatorRole.Operator, node.Shop);
        using var before = await olga.SendAsync(HttpMethod.Get, "canned-replies");
        await olga.PostAsync<CannedReply>("canned-replies", new CannedReplyDraft("tagged", "Tagged", "x"));
        using var after = await olga.SendAsync(HttpMethod.Get, "canned-replies");

        Assert.NotEqual(before.Headers.ETag, after.Headers.ETag);
    }

    [Fact]
    public async Task A_browser_may_keep_a_widget_and_must_ask_and_keeps_nothing_that_is_somebodys_own()
    {
        using var widget = await CallAsync(HttpMethod.Get, "api/v1/widget/shop");
        using var list = await CallAsync(HttpMethod.Get, "api/v1/conversations");

        Assert.Equal("no-cache", widget.Headers.CacheControl!.ToString());
        Assert.Equal("no-store", list.Headers.CacheControl!.ToString());
    }

    [Fact]
    public async Task Whoever_makes_something_is_told_where_it_is()
    {
        var inbox = new InboxDraft("Located", $"located-{Guid.NewGuid():n}");
        await AssertLocatedAsync<InboxSettings>(node.Admin, "admin/inboxes", inbox, made => $"{made.Id}");
        await AssertLocatedAsync<TeamSettings>(node.Admin, "admin/teams", new TeamDraft("Located"), made => $"{made.Id}");
        var reply = new CannedReplyDraft($"l-{Guid.NewGuid():n}"[..20], "Located", "x");
        await AssertLocatedAsync<CannedReply>(node.Olga, "canned-replies", reply, made => $"{made.Id}");

        using var added = await node.Admin.SendAsync(
            HttpMethod.Post,
            "admin/operators",
            new OperatorDraft($"{Guid.NewGuid():n}@b.example", "Located")
        );
        var account = (await RestClient.ReadAsync<AddedOperator>(added)).Operator;
        Assert.Equal($"/api/v1/admin/operators/{account.Id}", added.Headers.Location!.ToString());
        Assert.Equivalent(account, await node.Admin.GetAsync<OperatorSettings>($"admin/operators/{account.Id}"), strict: true);
        await node.Admin.RefusedAsync(ErrorCode.NotFound, $"admin/operators/{Guid.NewGuid()}");
        await node.Admin.RefusedAsync(ErrorCode.NotFound, $"admin/inboxes/{Guid.NewGuid()}");
        await node.Admin.RefusedAsync(ErrorCode.NotFound, $"admin/teams/{Guid.NewGuid()}");
        await node.Olga.RefusedAsync(ErrorCode.NotFound, $"canned-replies/{Guid.NewGuid()}");
    }

    [Fact]
    public async Task Long_answers_are_packed_for_whoever_takes_that_and_are_the_same()
    {
        var visitor = await node.NewVisitorAsync();
        var id = await visitor.OpenAsync();
        for (var i = 0; i < 5; i++)
            await visitor.SayAsync(id, string.Concat(Enumerable.Repeat("Where is my parcel? ", 50)));
        var path = $"api/v1/conversations/{id}/events";

        using var plain = await CallAsync(HttpMethod.Get, path, caller: visitor);
        using var packed = await CallAsync(HttpMethod.Get, path, Takes("gzip, br"), visitor);
        using var refused = await CallAsync(HttpMethod.Get, path, Takes("gzip;q=0, *"), visitor);
        using var small = await CallAsync(HttpMethod.Get, "api/v1/me", Takes("gzip"), visitor);

        Assert.Empty(plain.Content.Headers.ContentEncoding);
        Assert.Empty(refused.Content.Headers.ContentEncoding);
        Assert.Empty(small.Content.Headers.ContentEncoding);
        Assert.Equal(["gzip"], packed.Content.Headers.ContentEncoding);
        Assert.Contains("Accept-Encoding", packed.Headers.Vary);
        Assert.Contains("Accept-Encoding", plain.Headers.Vary);
        Assert.InRange((await packed.Content.ReadAsByteArrayAsync()).Length, 1, (await plain.Content.ReadAsByteArrayAsync()).Length / 4);
        Assert.Equal(await plain.Content.ReadAsStringAsync(), await UnpackedAsync(packed));
    }

    [Fact]
    public async Task The_document_is_packed_too()
    {
        using var plain = await CallAsync(HttpMethod.Get, "openapi/v1.json");
        using var packed = await CallAsync(HttpMethod.Get, "openapi/v1.json", Takes("gzip"));

        Assert.Equal(["gzip"], packed.Content.Headers.ContentEncoding);
        Assert.Equal(await plain.Content.ReadAsStringAsync(), await UnpackedAsync(packed));
    }

    [Fact]
    public async Task An_answer_with_a_secret_is_never_packed()
    {
        // So many inboxes that the answer would be long enough.
        var inboxes = new List<InboxId>();
        for (var i = 0; i < 60; i++)
            inboxes.Add(
                (await node.Admin.PostAsync<InboxSettings>("admin/inboxes", new InboxDraft("Packed", $"packed-{Guid.NewGuid():n}"))).Id
            );
        var draft = new OperatorDraft($"{Guid.NewGuid():n}@b.example", "Secret", Inboxes: inboxes);
        var body = JsonSerializer.Serialize(draft, ChatJson.Wire.OperatorDraft);

        using var added = await CallAsync(HttpMethod.Post, "api/v1/admin/operators", Sends(body), node.Admin);
        var account = await RestClient.ReadAsync<AddedOperator>(added);
        using var reset = await CallAsync(
            HttpMethod.Post,
            $"api/v1/admin/operators/{account.Operator.Id}/password",
            Takes("gzip"),
            node.Admin
        );
        var session = JsonSerializer.Serialize(new VisitorSessionRequest("shop", Guid.NewGuid()), ChatJson.Wire.VisitorSessionRequest);
        using var opened = await CallAsync(HttpMethod.Post, "api/v1/visitor/session", Sends(session), node.Anonymous);
        using var settings = await CallAsync(HttpMethod.Get, $"api/v1/admin/operators/{account.Operator.Id}", Takes("gzip"), node.Admin);

        Assert.InRange(added.Content.Headers.ContentLength!.Value, 2_000, long.MaxValue);
        Assert.Empty(added.Content.Headers.ContentEncoding);
        Assert.InRange(reset.Content.Headers.ContentLength!.Value, 2_000, long.MaxValue);
        Assert.Empty(reset.Content.Headers.ContentEncoding);
        Assert.Empty(opened.Content.Headers.ContentEncoding);
        // The same without the password.
        Assert.Equal(["gzip"], settings.Content.Headers.ContentEncoding);
    }

    private static Action<HttpRequestMessage> Takes(string codings) =>
        request => request.Headers.TryAddWithoutValidation("Accept-Encoding", codings);

    private static Action<HttpRequestMessage> Sends(string body) =>
        request =>
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
            Takes("gzip")(request);
        };

    private static async Task AssertLocatedAsync<T>(RestClient caller, string path, object draft, Func<T, string> id)
    {
        using var answer = await caller.SendAsync(HttpMethod.Post, path, draft);
        var made = await RestClient.ReadAsync<T>(answer);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal($"/api/v1/{path}/{id(made)}", answer.Headers.Location!.ToString());
        Assert.Equivalent(made, await caller.GetAsync<T>($"{path}/{id(made)}"), strict: true);
    }

    private async Task<HttpResponseMessage> CallAsync(
        HttpMethod method,
        string path,
        Action<HttpRequestMessage>? change = null,
        RestClient? caller = null
    )
    {
        // Without any unpacking of its own.
        using var http = new HttpClient(new SocketsHttpHandler()) { BaseAddress = node.Node.BaseAddress };
        using var request = new HttpRequestMessage(method, path);
        if ((caller ?? node.Olga).Token is { } token)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        change?.Invoke(request);
        return await http.SendAsync(request);
    }

    private static async Task<string> UnpackedAsync(HttpResponseMessage packed)
    {
        await using var stream = new GZipStream(await packed.Content.ReadAsStreamAsync(), CompressionMode.Decompress);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync();
    }

    private static async Task<Problem> ProblemAsync(HttpResponseMessage answer)
    {
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        return await RestClient.ReadAsync<Problem>(answer);
    }
}
