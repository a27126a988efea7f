using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Chat.Contracts;
using Chat.Server.Api;
using Chat.Server.Bus;
using Chat.Server.Delivery;
using Chat.Server.Devices;
using Chat.Server.Draining;
using Chat.Server.Hosting;
using Chat.Server.Hubs;
using Chat.Server.Identity;
using Chat.Server.Messages;
using Chat.Server.Networks;
using Chat.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Chat.Server.Tests.Rest;

/// <summary>The kept OpenAPI document is the served one. <c>CHAT_UPDATE_OPENAPI=1</c> writes it anew.</summary>
[Collection(RestCollection.Name)]
public sealed partial class OpenApiTests(RestNode node)
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    internal static string KeptPath => Path.Combine(Wire.Frame.Root, "src", "Chat.Contracts", "openapi.json");

    internal static bool ShallUpdate => Environment.GetEnvironmentVariable("CHAT_UPDATE_OPENAPI") == "1";

    [Fact]
    public async Task The_served_document_is_the_kept_one()
    {
        using var http = new HttpClient { BaseAddress = node.Node.BaseAddress };
        var served = JsonNode.Parse(await http.GetStringAsync(new Uri("openapi/v1.json", UriKind.Relative)))!;
        var text = served.ToJsonString(Indented) + "\n";
        if (ShallUpdate)
            await File.WriteAllTextAsync(KeptPath, text);

        Assert.Equal(await File.ReadAllTextAsync(KeptPath), text);
    }

    [Fact]
    public async Task Every_route_is_in_it_with_a_summary_its_security_and_its_refusals()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.AddHttp();
        builder.AddStorage();
        builder.AddBus();
        builder.AddNetworks();
        builder.AddIdentity();
        builder.AddMessages();
        builder.AddDelivery();
        builder.AddDevices();
        builder.AddHubs();
        builder.AddApi();
        builder.AddDraining();
        await using var app = builder.Build();
        app.MapIdentity();
        app.MapApi();
        var paths = JsonNode.Parse(await File.ReadAllTextAsync(KeptPath))!["paths"]!;
        var routes = ((IEndpointRouteBuilder)app)
            .DataSources.SelectMany(source => source.Endpoints)
            .OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.StartsWith("/api/", StringComparison.Ordinal))
            .ToList();

        Assert.InRange(routes.Count, 30, int.MaxValue);
        foreach (var route in routes)
        {
            var path = Constraint().Replace(route.RoutePattern.RawText!.TrimEnd('/'), "}");
            var method = route.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods.Single().ToLowerInvariant();
            var operation = paths[path]?[method];
            Assert.True(operation is not null, $"{method} {path} is not in the document.");
            Assert.NotEmpty((string?)operation["summary"] ?? "");
            Assert.NotNull(operation["security"]);
            var responses = operation["responses"]!.AsObject();
            Assert.Empty(new[] { "429", "500", "503" }.Except(responses.Select(response => response.Key)));
            Assert.All(
                responses.Where(response => response.Key[0] is '4' or '5'),
                response =>
                {
                    Assert.Contains('`', (string)response.Value!["description"]!);
                    Assert.Equal(
                        "#/components/schemas/Problem",
                        (string?)response.Value!["content"]!["application/problem+json"]!["schema"]!["$ref"]
                    );
                }
            );
        }
    }

    [Fact]
    public void Schemas_are_those_of_the_wire()
    {
        var document = JsonNode.Parse(File.ReadAllText(KeptPath))!;
        var schemas = document["components"]!["schemas"]!;

        Assert.Equal(("string", "uuid"), ((string?)schemas["ConversationId"]!["type"], (string?)schemas["ConversationId"]!["format"]));
        Assert.Equal(
            ["queued", "open", "snoozed", "closed"],
            schemas["ConversationStatus"]!["x-extensible-enum"]!.AsArray().Select(word => (string)word!)
        );
        Assert.Contains("stale_view", schemas["ResultStatus"]!["x-extensible-enum"]!.AsArray().Select(word => (string)word!));
        Assert.Equal(["seq", "side"], schemas["LastMessage"]!["required"]!.AsArray().Select(name => (string)name!));
        Assert.DoesNotContain("\"null\"", document.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("Limits.", document.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_list_says_of_what()
    {
        static IEnumerable<string> Silent(JsonNode? node, string path) =>
            node switch
            {
                JsonObject fields => fields
                    .SelectMany(field => Silent(field.Value, $"{path}/{field.Key}"))
                    .Concat(IsArray(fields["type"]) && fields["items"] is null ? [path] : []),
                JsonArray some => some.SelectMany((one, i) => Silent(one, $"{path}/{i}")),
                _ => [],
            };

        static bool IsArray(JsonNode? type) => type?.ToJsonString().Contains("\"array\"", StringComparison.Ordinal) == true;

        Assert.Empty(Silent(JsonNode.Parse(File.ReadAllText(KeptPath)), ""));
    }

    [Fact]
    public void Words_are_open_so_that_a_client_made_of_it_reads_those_of_later_versions()
    {
        var text = File.ReadAllText(KeptPath);
        var words = JsonNode.Parse(text)!["components"]!["schemas"]!
            .AsObject()
            .Where(schema => schema.Value!["x-extensible-enum"] is not null)
            .ToList();

        Assert.DoesNotContain("\"enum\"", text, StringComparison.Ordinal);
        Assert.InRange(words.Count, 8, int.MaxValue);
        Assert.All(words, word => Assert.Equal("string", (string?)word.Value!["type"]));
        Assert.All(
            typeof(ErrorCode).Assembly.GetTypes().Where(type => type.IsEnum),
            type =>
                Assert.True(
                    !text.Contains($"schemas/{type.Name}\"", StringComparison.Ordinal) || words.Any(w => w.Key == type.Name),
                    type.Name
                )
        );
        var kind = JsonNode.Parse(text)!["components"]!["schemas"]!["SendMessage"]!["properties"]!["kind"]!;
        Assert.Equal(["message", "note"], kind["x-extensible-enum"]!.AsArray().Select(word => (string)word!));
    }

    [Fact]
    public void What_HTTP_itself_refuses_and_says_is_in_it()
    {
        var paths = JsonNode.Parse(File.ReadAllText(KeptPath))!["paths"]!.AsObject();
        var operations = paths
            .SelectMany(path => path.Value!.AsObject().Select(operation => (Path: path.Key, Is: operation.Value!)))
            .ToList();

        Assert.All(operations, operation => Assert.Equal(operation.Is["requestBody"] is null, operation.Is["responses"]!["415"] is null));
        Assert.All(operations, operation => Assert.NotNull(operation.Is["responses"]!["400"]));
        var polled = operations.Where(operation => operation.Is["responses"]!["304"] is not null).ToList();
        Assert.Contains("/api/v1/widget/{key}", polled.Select(operation => operation.Path));
        Assert.Contains("/api/v1/conversations", polled.Select(operation => operation.Path));
        Assert.All(polled, operation => Assert.NotNull(operation.Is["responses"]!["200"]!["headers"]!["ETag"]));
        Assert.Equal(4, operations.Count(operation => operation.Is["responses"]!["201"]?["headers"]?["Location"] is not null));
    }

    [GeneratedRegex(@":\w+\}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Constraint();
}
