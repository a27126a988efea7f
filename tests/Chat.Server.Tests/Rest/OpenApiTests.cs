using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Chat.Server.Api;
using Chat.Server.Bus;
using Chat.Server.Delivery;
using Chat.Server.Devices;
using Chat.Server.Draining;
using Chat.Server.Hosting;
using Chat.Server.Hubs;
using Chat.Server.Identity;
using Chat.Server.Messages;
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
            schemas["ConversationStatus"]!["enum"]!.AsArray().Select(word => (string)word!)
        );
        Assert.Contains("stale_view", schemas["ResultStatus"]!["enum"]!.AsArray().Select(word => (string)word!));
        Assert.Equal(["seq", "side"], schemas["LastMessage"]!["required"]!.AsArray().Select(name => (string)name!));
        Assert.DoesNotContain("\"null\"", document.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("Limits.", document.ToJsonString(), StringComparison.Ordinal);
    }

    [GeneratedRegex(@":\w+\}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Constraint();
}
