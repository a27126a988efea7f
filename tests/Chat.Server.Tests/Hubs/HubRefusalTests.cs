using Chat.Contracts;
using Chat.Server.Sockets;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;

namespace Chat.Server.Tests.Hubs;

/// <summary>What a refusal says besides its code: an unknown method is told from arguments that do not fit, and each field from the others.</summary>
[Collection(HubTests.Name)]
public sealed class HubRefusalTests(HubScene scene)
{
    private const string Id = "00000000-0000-0000-0000-000000000001";

    [Theory]
    [InlineData("Explode", "[{}]", "method unknown: invalid")]
    [InlineData("Claim", "[{}]", "method unknown: invalid")]
    [InlineData("Send", "[]", "body malformed: invalid")]
    [InlineData("Send", "[null]", "body required: invalid")]
    [InlineData("Send", "[7]", "body malformed: invalid")]
    [InlineData("Send", "[{}]", "conversationId required: invalid")]
    [InlineData("Send", $$"""[{"conversationId":7}]""", "conversationId malformed: invalid")]
    [InlineData("Send", $$"""[{"conversationId":"{{Id}}","clientId":"{{Id}}","body":null}]""", "body required: invalid")]
    [InlineData("Send", $$"""[{"conversationId":"{{Id}}","clientId":"{{Id}}","body":"x","kind":"shout"}]""", "kind unknown: invalid")]
    [InlineData("Send", $$"""[{"conversationId":"{{Id}}","clientId":"{{Id}}","body":" "}]""", "body blank: invalid")]
    [InlineData("Send", $$"""[{"conversationId":"{{Id}}","clientId":"{{Id}}","body":"x"}]""", "not_found")]
    [InlineData("Sync", $$"""[{"cursors":[{"conversationId":"{{Id}}","epoch":1,"seq":-1}]}]""", "cursors[0].seq out_of_range: invalid")]
    [InlineData("Sync", $$"""[{"cursors":[{"conversationId":"{{Id}}","epoch":1}]}]""", "cursors[0].seq required: invalid")]
    [InlineData("OpenConversation", $$"""[{"clientId":"{{Id}}","fields":{"a: b internal":7} }]""", "fields malformed: invalid")]
    [InlineData("HubException: body blank: internal", "[{}]", "method unknown: invalid")]
    public async Task A_refusal_names_the_field_and_the_reason_before_its_code(string method, string arguments, string text)
    {
        await using var visitor = await scene.VisitorSocketAsync();

        Assert.Equal(text, (await visitor.CallTextAsync(method, arguments)).Text);
    }

    [Fact]
    public async Task A_text_that_is_too_long_is_named_too()
    {
        await using var visitor = await scene.VisitorSocketAsync();
        var id = await visitor.OpenConversationAsync();

        var answer = await visitor.CallAsync("Send", new SendMessage(id, Guid.NewGuid(), new string('x', Limits.BodyLength + 1)));

        Assert.Equal("body too_long: too_large", answer.Text);
    }

    [Fact]
    public async Task The_stock_client_shows_the_refusal_to_whoever_calls()
    {
        await using var connection = Connection(skipNegotiation: true, (await scene.NewVisitorAsync()).Token);
        await connection.StartAsync(TestContext.Current.CancellationToken);

        var unknown = await Assert.ThrowsAsync<HubException>(() => connection.InvokeAsync("Explode", 1));
        var wrong = await Assert.ThrowsAsync<HubException>(() => connection.InvokeAsync("Sync", 1));

        Assert.Equal(("method unknown: invalid", "body malformed: invalid"), (unknown.Message, wrong.Message));
    }

    [Fact]
    public async Task Whoever_negotiates_is_told_how_to_connect()
    {
        await using var connection = Connection(skipNegotiation: false, (await scene.NewVisitorAsync()).Token);

        var refused = await Assert.ThrowsAnyAsync<Exception>(() => connection.StartAsync(TestContext.Current.CancellationToken));

        Assert.Contains(SocketHint.Text, refused.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hubs/visitor?id=7", "id")]
    [InlineData("hubs/visitor", "Upgrade")]
    public async Task A_call_that_is_no_socket_of_ours_is_told_why(string path, string field)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(scene.Node.BaseAddress, path));
        request.Headers.Authorization = new("Bearer", (await scene.NewVisitorAsync()).Token);
        using var answer = await scene.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Equal(400, (int)answer.StatusCode);
        Assert.Contains($"\"field\":\"{field}\"", text, StringComparison.Ordinal);
    }

    private HubConnection Connection(bool skipNegotiation, string token) =>
        new HubConnectionBuilder()
            .WithUrl(
                new Uri(scene.Node.BaseAddress, "hubs/visitor"),
                http =>
                {
                    http.AccessTokenProvider = () => Task.FromResult<string?>(token);
                    http.SkipNegotiation = skipNegotiation;
                    if (skipNegotiation)
                        http.Transports = HttpTransportType.WebSockets;
                }
            )
            .Build();
}
