using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using Chat.Contracts;
using Chat.Server.Tests.Rest;
using Chat.Testing.Nodes;

namespace Chat.Server.Tests.Networks;

/// <summary>A node whose limits by network are small: what is refused, how, and what is not.</summary>
public sealed class NetworkLimitTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("chat-network-");
    private readonly HttpClient _http = new();
    private ChatNode _node = null!;

    public async ValueTask InitializeAsync()
    {
        _node = await ChatNode.StartAsync(
            new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["Storage__DataFolder"] = Path.Combine(_folder.FullName, "data"),
                ["Http__TrustedProxies__0"] = "127.0.0.0/8",
                ["Networks__Sockets"] = "2",
                ["Networks__Conversations"] = "2",
                ["Networks__StoredBytes"] = "1000",
            }
        );
        _http.BaseAddress = _node.BaseAddress;
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        _http.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_network_with_all_its_sockets_gets_more_only_for_those_who_have_a_conversation()
    {
        var (newcomer, customer) = (await VisitAsync("203.0.113.1"), await VisitAsync("203.0.113.1"));
        await customer.OpenAsync();
        using var first = await ConnectAsync(newcomer, "203.0.113.1");
        using var second = await ConnectAsync(newcomer, "203.0.113.1");

        var (refused, retryAfter) = await RefusedAsync(newcomer, "203.0.113.1");
        using var running = await ConnectAsync(customer, "203.0.113.1");
        using var elsewhere = await ConnectAsync(newcomer, "203.0.113.2");

        Assert.Equal(HttpStatusCode.TooManyRequests, refused);
        Assert.True(retryAfter > 0);
        // Each that ends makes room, and is counted once only.
        first.Abort();
        second.Abort();
        running.Abort();
        await _node.UntilMetricAsync("chat_networks_sockets", most => most <= 1);
        using var third = await ConnectAsync(newcomer, "203.0.113.1");
        using var fourth = await ConnectAsync(newcomer, "203.0.113.1");
        Assert.Equal(HttpStatusCode.TooManyRequests, (await RefusedAsync(newcomer, "203.0.113.1")).Status);
    }

    [Fact]
    public async Task A_network_that_opened_its_conversations_goes_on_with_them_and_opens_no_more()
    {
        var visitor = await VisitAsync("203.0.113.3");
        var opening = new OpenConversation(Guid.NewGuid());
        var opened = await visitor.PostAsync<OpenResult>("conversations", opening);
        var id = opened.Page.Conversation.Id;
        await visitor.OpenAsync();

        var refused = await (await VisitAsync("203.0.113.3")).RefusedAsync(
            ErrorCode.RateLimited,
            "conversations",
            new OpenConversation(Guid.NewGuid())
        );
        var again = await visitor.PostAsync<OpenResult>("conversations", opening);

        Assert.True(refused.RetryAfterMs > 0);
        Assert.Equal((ResultStatus.Duplicate, id), (again.Status, again.Page.Conversation.Id));
        Assert.Equal(ResultStatus.Ok, (await visitor.SayAsync(id, "It goes on")).Status);
        await (await VisitAsync("203.0.113.4")).OpenAsync();
    }

    [Fact]
    public async Task A_network_that_stored_all_it_may_is_refused_what_is_beyond_a_visitors_own()
    {
        var (heavy, other) = (await VisitAsync("203.0.113.5"), await VisitAsync("203.0.113.5"));
        var (id, others) = (await heavy.OpenAsync(), await other.OpenAsync());
        var text = new string('語', Limits.BodyLength);
        await heavy.SayAsync(id, text);
        await heavy.SayAsync(id, text);

        var refused = await heavy.RefusedAsync(
            ErrorCode.RateLimited,
            $"conversations/{id}/events",
            new SendMessage(id, Guid.NewGuid(), text)
        );

        Assert.True(refused.RetryAfterMs > 0);
        await other.SayAsync(others, "Short, and mine");
        await heavy.SayAsync(id, "Short, and mine too");
    }

    private async Task<RestClient> VisitAsync(string address)
    {
        var http = new HttpClient { BaseAddress = _node.BaseAddress };
        http.DefaultRequestHeaders.Add("X-Forwarded-For", address);
        var session = await new RestClient(http, null, default).PostAsync<VisitorSession>(
            "visitor/session",
            new VisitorSessionRequest("demo", Guid.NewGuid())
        );
        return new RestClient(http, session.Token, session.VisitorId.Value);
    }

    private async Task<ClientWebSocket> ConnectAsync(RestClient visitor, string address)
    {
        var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.SetRequestHeader("X-Forwarded-For", address);
        var hub = new UriBuilder(_node.BaseAddress)
        {
            Scheme = "ws",
            Path = "/hubs/visitor",
            Query = $"access_token={visitor.Token}",
        };
        try
        {
            await socket.ConnectAsync(hub.Uri, CancellationToken.None);
        }
        catch (WebSocketException e)
        {
            e.Data["status"] = socket.HttpStatusCode;
            e.Data["retry"] = socket.HttpResponseHeaders?["Retry-After"].Single();
            socket.Dispose();
            throw;
        }
        return socket;
    }

    private async Task<(HttpStatusCode Status, int RetryAfter)> RefusedAsync(RestClient visitor, string address)
    {
        var refused = await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(visitor, address));
        return ((HttpStatusCode)refused.Data["status"]!, int.Parse((string)refused.Data["retry"]!, null));
    }
}
