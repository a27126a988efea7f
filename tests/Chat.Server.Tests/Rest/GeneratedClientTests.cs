using Chat.Contracts;
using Chat.Server.Tests.Testing;
using Chat.Server.Tests.Wire;
using NJsonSchema.CodeGeneration.CSharp;
using NSwag;
using NSwag.CodeGeneration.CSharp;
using NSwag.CodeGeneration.OperationNameGenerators;

namespace Chat.Server.Tests.Rest;

/// <summary>Clients that others make of <c>openapi.json</c> send and read, without a line of ours in them.</summary>
[Collection(RestCollection.Name)]
public sealed class GeneratedClientTests(RestNode node)
{
    /// <summary>What somebody writes on top of the generated client.</summary>
    private const string Calls = """
        using Generated;

        public static class Calls
        {
            public static async Task<string> AskAsync(HttpClient http, string inbox)
            {
                var chat = new ChatApi(http);
                var session = await chat.OpenVisitorSessionAsync(new VisitorSessionRequest { Inbox = inbox, DeviceId = Guid.NewGuid() });
                http.DefaultRequestHeaders.Authorization = new("Bearer", session.Token);
                var opened = await chat.OpenConversationAsync(new OpenConversation { ClientId = Guid.NewGuid(), Topic = "Delivery" });
                var id = opened.Page.Conversation.Id;
                var sent = await chat.SendAsync(
                    id,
                    new SendMessage { ConversationId = id, ClientId = Guid.NewGuid(), Body = "Where is my parcel?" }
                );
                var page = await chat.ListEventsAsync(id, after: 1, before: null, limit: null, waitMs: null, epoch: null);
                return $"{opened.Page.Conversation.Status} {sent.Status} {sent.Event!.Type} {page.Events.Last().Data!.Body}";
            }

            public static async Task<string> RefusedAsync(HttpClient http)
            {
                try
                {
                    await new ChatApi(http).OpenVisitorSessionAsync(new VisitorSessionRequest { Inbox = "", DeviceId = Guid.NewGuid() });
                    return "";
                }
                catch (ApiException<Problem> e)
                {
                    return $"{e.StatusCode} {e.Result.Code} {e.Result.Errors!.Single().Field} {e.Result.Errors!.Single().Reason}";
                }
            }

            /// <summary>A word of a later version.</summary>
            public static async Task<string> LaterAsync(HttpClient http, Guid id) =>
                (await new ChatApi(http).ListEventsAsync(id, null, null, null, null, null)).Events.Single().Type;
        }
        """;

    [Fact]
    public async Task A_client_of_NSwag_sends_and_reads()
    {
        var calls = Compiler.Library(await GenerateAsync(), Calls).GetType("Calls")!;
        using var http = new HttpClient { BaseAddress = node.Node.BaseAddress };
        using var later = new HttpClient(new Later()) { BaseAddress = node.Node.BaseAddress };

        Assert.Equal("queued ok message Where is my parcel?", await CallAsync("AskAsync", http, node.Shop.Key));
        Assert.Equal("400 invalid inbox malformed", await CallAsync("RefusedAsync", http));
        Assert.Equal("hologram", await CallAsync("LaterAsync", later, Guid.NewGuid()));

        Task<string> CallAsync(string name, params object[] arguments) => (Task<string>)calls.GetMethod(name)!.Invoke(null, arguments)!;
    }

    private static async Task<string> GenerateAsync()
    {
        var document = await OpenApiDocument.FromFileAsync(OpenApiTests.KeptPath);
        var settings = new CSharpClientGeneratorSettings
        {
            ClassName = "ChatApi",
            UseBaseUrl = false,
            OperationNameGenerator = new SingleClientFromOperationIdOperationNameGenerator(),
            CSharpGeneratorSettings =
            {
                Namespace = "Generated",
                JsonLibrary = CSharpJsonLibrary.SystemTextJson,
                GenerateNullableReferenceTypes = true,
                // What is not set is null, which is its absence; otherwise a number that is not set would be sent as 0.
                GenerateOptionalPropertiesAsNullable = true,
            },
        };
        return new CSharpClientGenerator(document, settings).GenerateFile();
    }

    /// <summary>A server of a later version, with a type of event that the document does not name.</summary>
    private sealed class Later : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(
                new HttpResponseMessage
                {
                    RequestMessage = request,
                    Content = new StringContent(
                        $$"""{"epoch":1,"events":[{"conversationId":"{{Guid.NewGuid()}}","epoch":1,"seq":1,"type":"hologram"}],"hasMore":false}""",
                        System.Text.Encoding.UTF8,
                        "application/json"
                    ),
                }
            );
    }
}
