using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Chat.Contracts;

namespace Chat.Server.Tests.Rest;

/// <summary>A request that is refused as malformed or too large is told which field it is, and why: every route, every field, every parameter.</summary>
[Collection(RestCollection.Name)]
public sealed partial class FieldErrorTests(RestNode node)
{
    [Fact]
    public async Task Every_field_of_another_type_is_named()
    {
        var tried = 0;
        foreach (var route in Routes())
        {
            foreach (var (field, schema) in route.Fields)
            {
                if (Wrong(schema!) is not { } wrong)
                    continue;
                await AssertAsync(route, route.Path, new JsonObject { [field] = wrong }, (field, null));
                tried++;
            }
        }
        Assert.InRange(tried, 80, int.MaxValue);
    }

    [Fact]
    public async Task Every_field_that_is_missing_is_named()
    {
        var tried = 0;
        foreach (var route in Routes().Where(route => route.Required.Count > 0))
        {
            await AssertAsync(route, route.Path, [], (route.Required[0], FieldFault.Required.Code));
            tried++;
        }
        Assert.InRange(tried, 20, int.MaxValue);
    }

    [Fact]
    public async Task Every_parameter_of_another_type_is_named()
    {
        var tried = 0;
        foreach (var route in Routes())
        {
            foreach (var parameter in route.Parameters.Where(parameter => (string?)parameter["schema"]!["type"] is "integer" or "boolean"))
            {
                var name = (string)parameter["name"]!;
                await AssertAsync(route, $"{route.Path}?{name}=x", null, (name, FieldFault.Malformed.Code));
                tried++;
            }
        }
        Assert.InRange(tried, 8, int.MaxValue);
    }

    [Fact]
    public async Task Every_route_refuses_a_parameter_that_it_does_not_take()
    {
        foreach (var route in Routes().Where(route => route.Method == HttpMethod.Get || route.Method == HttpMethod.Delete))
        {
            await AssertAsync(route, $"{route.Path}?stauts=open", null, ("stauts", FieldFault.Unknown.Code));
            // The path has it already.
            await AssertAsync(route, $"{route.Path}?id={Guid.Empty}", null, ("id", FieldFault.Unknown.Code));
        }
        var visitor = await node.NewVisitorAsync();
        await AssertAsync(visitor, HttpMethod.Post, "conversations?topic=x", new OpenConversation(Guid.NewGuid()), ("topic", "unknown"));
        await AssertAsync(visitor, HttpMethod.Get, $"me?access_token={visitor.Token}", null, ("access_token", "not_allowed"));
        Assert.Empty((await visitor.GetAsync<ConversationList>("conversations?LIMIT=5")).Rows);
    }

    public static TheoryData<string, string, string, string, string> Faults =>
        new()
        {
            { "visitor", "POST conversations", """{"clientId":"00000000-0000-0000-0000-000000000000"}""", "clientId", "required" },
            { "visitor", "POST conversations", """{"clientId":"ID","page":"nowhere"}""", "page", "malformed" },
            { "visitor", "POST conversations", """{"clientId":"ID","topic":"a\nb"}""", "topic", "characters" },
            { "visitor", "POST conversations", """{"clientId":"ID","fields":{"order":null}}""", "fields", "required" },
            { "visitor", "POST conversations/CONV/events", """{"conversationId":"CONV","clientId":"ID","body":" "}""", "body", "blank" },
            {
                "visitor",
                "POST conversations/CONV/events",
                """{"conversationId":"CONV","clientId":"ID","body":"\u0000"}""",
                "body",
                "characters"
            },
            {
                "visitor",
                "POST conversations/CONV/events",
                """{"conversationId":"CONV","clientId":"ID","body":"LONG"}""",
                "body",
                "too_long"
            },
            {
                "visitor",
                "POST conversations/CONV/events",
                """{"conversationId":"CONV","clientId":"ID","body":null}""",
                "body",
                "required"
            },
            {
                "visitor",
                "POST conversations/CONV/events",
                """{"conversationId":"CONV","clientId":"ID","body":"x","kind":"shout"}""",
                "kind",
                "unknown"
            },
            {
                "visitor",
                "POST conversations/CONV/events",
                """{"conversationId":"CONV","clientId":"ID","body":"x","replyTo":0}""",
                "replyTo",
                "out_of_range"
            },
            {
                "visitor",
                "POST conversations/CONV/events",
                """{"conversationId":"CONV","clientId":"ID","body":"x","replyTo":99}""",
                "replyTo",
                "unknown"
            },
            {
                "visitor",
                "POST conversations/CONV/events",
                """{"conversationId":"CONV","clientId":"ID","body":"x","expectedSeq":1}""",
                "expectedSeq",
                "not_allowed"
            },
            {
                "visitor",
                "POST conversations/CONV/events",
                """{"conversationId":"CONV","clientId":"ID","body":"x","attachments":[]}""",
                "attachments",
                "not_allowed"
            },
            {
                "visitor",
                "POST conversations/CONV/events",
                """{"conversationId":"ID","clientId":"ID","body":"x"}""",
                "conversationId",
                "not_allowed"
            },
            {
                "visitor",
                "POST conversations/CONV/edits",
                """{"conversationId":"CONV","clientId":"ID","seq":0,"body":"x"}""",
                "seq",
                "out_of_range"
            },
            { "visitor", "POST conversations/CONV/read", """{"conversationId":"CONV","seq":0}""", "seq", "out_of_range" },
            { "visitor", "POST conversations/CONV/typing", """{"conversationId":"CONV","preview":"LONG"}""", "preview", "too_long" },
            {
                "visitor",
                "POST conversations/CONV/rating",
                """{"conversationId":"CONV","clientId":"ID","score":6}""",
                "score",
                "out_of_range"
            },
            { "visitor", "POST sync", """{"cursors":[{"conversationId":"CONV","epoch":1,"seq":-1}]}""", "cursors[0].seq", "out_of_range" },
            { "visitor", "POST sync", """{"cursors":[{"conversationId":"CONV","seq":1}]}""", "cursors[0].epoch", "required" },
            { "visitor", "POST sync", """{"cursors":[null]}""", "cursors[0]", "required" },
            { "visitor", "POST sync", "", "body", "required" },
            { "visitor", "POST sync", "nonsense", "body", "malformed" },
            { "visitor", "GET conversations/CONV/events?limit=0", "", "limit", "out_of_range" },
            { "visitor", "GET conversations/CONV/events?after=-1", "", "after", "out_of_range" },
            { "visitor", "GET conversations/CONV/events?waitMs=5", "", "after", "required" },
            { "visitor", "GET conversations/CONV/events?waitMs=5&after=1&before=3", "", "before", "not_allowed" },
            { "visitor", "GET conversations/CONV/events?waitMs=25001&after=1", "", "waitMs", "out_of_range" },
            { "visitor", "GET conversations/CONV?epoch=-1", "", "epoch", "out_of_range" },
            { "visitor", "GET conversations/CONV/transcript?locale=fr", "", "locale", "unknown" },
            { "visitor", "GET conversations/CONV/transcript?timeZone=Mars", "", "timeZone", "unknown" },
            { "visitor", "GET conversations?assignee=me", "", "assignee", "not_allowed" },
            { "visitor", "GET conversations?status=opne", "", "status", "unknown" },
            { "visitor", "GET conversations?cursor=x", "", "cursor", "malformed" },
            { "operator", "GET conversations?limit=101", "", "limit", "out_of_range" },
            { "operator", "GET conversations?assignee=x", "", "assignee", "malformed" },
            {
                "operator",
                "POST conversations/CONV/assignment",
                """{"conversationId":"CONV","clientId":"ID","operatorId":"ID","teamId":"ID"}""",
                "teamId",
                "not_allowed"
            },
            { "operator", "POST conversations/CONV/transfer", """{"conversationId":"CONV","clientId":"ID"}""", "operatorId", "required" },
            {
                "operator",
                "POST conversations/CONV/status",
                """{"conversationId":"CONV","clientId":"ID","status":"snoozed"}""",
                "snoozeUntil",
                "required"
            },
            {
                "operator",
                "POST conversations/CONV/status",
                """{"conversationId":"CONV","clientId":"ID","status":"snoozed","snoozeUntil":"2001-01-01T00:00:00Z"}""",
                "snoozeUntil",
                "out_of_range"
            },
            {
                "operator",
                "POST conversations/CONV/tags",
                """{"conversationId":"CONV","clientId":"ID","add":["good"," "]}""",
                "add[1]",
                "blank"
            },
            {
                "operator",
                "POST conversations/CONV/tags",
                """{"conversationId":"CONV","clientId":"ID","remove":["LONG"]}""",
                "remove[0]",
                "too_long"
            },
            {
                "operator",
                "POST conversations/CONV/tags",
                """{"conversationId":"CONV","clientId":"ID","add":["a"],"remove":["a"]}""",
                "remove",
                "repeated"
            },
            { "operator", "PUT me/availability", """{"availability":"online","capacity":0}""", "capacity", "out_of_range" },
            { "operator", "PUT me/availability", """{"availability":"asleep"}""", "availability", "unknown" },
            { "operator", "POST canned-replies", """{"shortcut":"a b","title":"A","body":"x"}""", "shortcut", "malformed" },
            { "operator", "POST canned-replies", """{"shortcut":"a","title":" ","body":"x"}""", "title", "blank" },
            { "operator", "POST canned-replies", """{"shortcut":"a","title":"A","body":"x","shared":true}""", "inboxId", "required" },
            { "admin", "POST admin/inboxes", """{"name":""}""", "name", "malformed" },
            { "admin", "POST admin/inboxes", """{"name":"A","key":"a b"}""", "key", "malformed" },
            { "admin", "POST admin/inboxes", """{"name":"A","origins":["https://a.example","b"]}""", "origins[1]", "malformed" },
            { "admin", "POST admin/inboxes", """{"name":"A","reopenDays":400}""", "reopenDays", "out_of_range" },
            { "admin", "POST admin/inboxes", """{"name":"A","appearance":{"color":"red"}}""", "appearance.color", "malformed" },
            { "admin", "POST admin/inboxes", """{"name":"A","offlineText":{"en":" "}}""", "offlineText.en", "malformed" },
            {
                "admin",
                "POST admin/inboxes",
                """{"name":"A","hours":{"timeZone":"UTC","weekly":[{"day":8,"from":"09:00","to":"10:00"}]}}""",
                "hours.weekly[0]",
                "malformed"
            },
            {
                "admin",
                "POST admin/inboxes",
                """{"name":"A","form":{"fields":[{"name":"a","type":"text","label":{"en":"A"}},{"name":"a","type":"text","label":{"en":"A"}}]}}""",
                "form.fields[1].name",
                "repeated"
            },
            {
                "admin",
                "POST admin/inboxes",
                """{"name":"A","form":{"fields":[{"type":"text","label":{}}]}}""",
                "form.fields[0].name",
                "required"
            },
            { "admin", "POST admin/operators", """{"email":"nobody","name":"N"}""", "email", "malformed" },
            { "admin", "POST admin/operators", """{"email":"n@b.example","name":"N","role":"king"}""", "role", "unknown" },
            { "admin", "POST admin/teams", """{"name":" "}""", "name", "malformed" },
            { "admin", "PUT admin/inboxes/SHOP/identity-keys/k", """{"algorithm":"none","secret":"x"}""", "algorithm", "unknown" },
            { "admin", "PUT admin/inboxes/SHOP/identity-keys/k", """{"algorithm":"HS256","secret":"short"}""", "secret", "out_of_range" },
            { "anonymous", "POST visitor/session", """{"inbox":"","deviceId":"ID"}""", "inbox", "malformed" },
            {
                "anonymous",
                "POST visitor/session",
                """{"inbox":"shop","deviceId":"00000000-0000-0000-0000-000000000000"}""",
                "deviceId",
                "required"
            },
            { "anonymous", "POST visitor/session", """{"inbox":"shop","deviceId":"ID","locale":"?"}""", "locale", "malformed" },
            { "anonymous", "POST operator/session", """{"email":"a@b.example"}""", "password", "required" },
        };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task What_is_wrong_is_said_with_its_field_and_its_reason(string who, string call, string body, string field, string reason)
    {
        var visitor = await node.NewVisitorAsync();
        var conversation = await visitor.OpenAsync();
        var caller = who == "visitor" ? visitor : Caller(who);
        string Filled(string text) =>
            text.Replace("CONV", conversation.ToString(), StringComparison.Ordinal)
                .Replace("SHOP", node.Shop.Id.ToString(), StringComparison.Ordinal)
                .Replace("LONG", new string('x', Limits.BodyLength + 1), StringComparison.Ordinal)
                .Replace("\"ID\"", $"\"{Guid.NewGuid()}\"", StringComparison.Ordinal);

        var (method, path) = (HttpMethod.Parse(call.Split(' ')[0]), Filled(call.Split(' ')[1]));
        using var content = new StringContent(Filled(body), Encoding.UTF8, "application/json");
        await AssertAsync(caller, method, path, method == HttpMethod.Get ? null : content, (field, reason));
    }

    private async Task AssertAsync(Route route, string path, JsonObject? body, (string Field, string? Reason) expected)
    {
        var caller = route.Roles switch
        {
            [] => node.Anonymous,
            var roles when roles.Contains("admin") => node.Admin,
            var roles when roles.Contains("operator") => node.Olga,
            _ => await node.NewVisitorAsync(),
        };
        using var content = body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        await AssertAsync(caller, route.Method, path, content, expected);
    }

    private static async Task AssertAsync(
        RestClient caller,
        HttpMethod method,
        string path,
        object? body,
        (string Field, string? Reason) expected
    )
    {
        using var response = await caller.SendAsync(method, path, body);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode is 400 or 413, $"{method} {path}: {response.StatusCode} {text}");
        var problem = (Problem)JsonSerializer.Deserialize(text, typeof(Problem), ChatJson.Wire)!;
        var error = Assert.Single(problem.Errors ?? []);
        Assert.Equal((path, expected.Field, expected.Reason ?? error.Reason), (path, error.Field, error.Reason));
        Assert.Equal(FieldFault.Find(error.Reason)!.Refusal.Code, problem.Code);
        Assert.NotEmpty(problem.Detail ?? "");
    }

    private RestClient Caller(string who) =>
        who switch
        {
            "admin" => node.Admin,
            "operator" => node.Olga,
            _ => node.Anonymous,
        };

    /// <summary>A value that no field of this schema takes; null: it takes anything.</summary>
    private static JsonNode? Wrong(JsonNode schema) =>
        (string?)schema["type"] switch
        {
            "integer" or "boolean" or "array" or "object" => "x",
            "string" => 7,
            null when schema["$ref"] is not null => 7,
            _ => null,
        };

    /// <summary>The routes of the kept document, with what they take; ids are zero.</summary>
    private static IEnumerable<Route> Routes()
    {
        var document = JsonNode.Parse(File.ReadAllText(OpenApiTests.KeptPath))!;
        foreach (var (path, operations) in document["paths"]!.AsObject())
        {
            foreach (var (method, operation) in operations!.AsObject())
            {
                var security = operation!["security"]!.AsArray();
                var record = (string?)operation["requestBody"]?["content"]!["application/json"]!["schema"]!["$ref"];
                var schema = record is null ? null : document["components"]!["schemas"]![record.Split('/')[^1]];
                yield return new Route(
                    HttpMethod.Parse(method),
                    Parameter().Replace(path["/api/v1/".Length..], Guid.Empty.ToString()),
                    security.Count == 0 ? [] : [.. security[0]!["bearer"]!.AsArray().Select(role => (string)role!)],
                    schema?["properties"]?.AsObject() ?? [],
                    schema?["required"] is JsonArray required ? [.. required.Select(name => (string)name!)] : [],
                    [.. (operation["parameters"]?.AsArray() ?? []).Where(p => (string?)p!["in"] == "query").Select(p => p!)]
                );
            }
        }
    }

    [GeneratedRegex(@"\{\w+\}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Parameter();

    private sealed record Route(
        HttpMethod Method,
        string Path,
        IReadOnlyList<string> Roles,
        JsonObject Fields,
        IReadOnlyList<string> Required,
        IReadOnlyList<JsonNode> Parameters
    );
}
