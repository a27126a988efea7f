using System.Net;
using System.Net.Http.Json;
using Chat.Contracts;
using Chat.Testing.Nodes;

namespace Chat.Server.Tests.Hosting;

/// <summary>Whom limits count when a proxy stands before the service.</summary>
public sealed class ProxyTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("chat-proxy-");
    private readonly HttpClient _http = new();

    [Fact]
    public async Task Behind_a_trusted_proxy_each_visitor_has_a_limit_of_his_own()
    {
        await using var node = await StartAsync("127.0.0.0/8");

        Assert.Equal(HttpStatusCode.OK, await AskAsync(node, "203.0.113.1"));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(node, "203.0.113.2"));
        // What a visitor writes there himself stands before what the proxy adds.
        Assert.Equal(HttpStatusCode.TooManyRequests, await AskAsync(node, "198.51.100.7, 203.0.113.1"));
    }

    [Fact]
    public async Task Behind_a_proxy_that_is_not_trusted_nobody_has_a_limit_and_one_line_says_so()
    {
        await using var node = await StartAsync("10.0.0.0/8");

        for (var i = 0; i < 3; i++)
            Assert.Equal(HttpStatusCode.OK, await AskAsync(node, "203.0.113.1"));
        await node.WaitForLineAsync("Http:TrustedProxies does not name");
        Assert.Single(node.Output.Split('\n'), line => line.Contains("Http:TrustedProxies does not name", StringComparison.Ordinal));
        // Without a proxy the caller is the caller.
        Assert.Equal(HttpStatusCode.OK, await AskAsync(node, null));
        Assert.Equal(HttpStatusCode.TooManyRequests, await AskAsync(node, null));
    }

    public void Dispose()
    {
        _http.Dispose();
        _folder.Delete(recursive: true);
    }

    private Task<ChatNode> StartAsync(string proxies) =>
        ChatNode.StartAsync(
            new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["Storage__DataFolder"] = Path.Combine(_folder.FullName, "data"),
                ["Http__TrustedProxies__0"] = proxies,
                ["Networks__Sessions"] = "1",
            }
        );

    private async Task<HttpStatusCode> AskAsync(ChatNode node, string? forwardedFor)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(node.BaseAddress, "api/v1/visitor/session"));
        request.Content = JsonContent.Create(new VisitorSessionRequest("demo", Guid.NewGuid()), options: ChatJson.Wire.Options);
        request.Headers.Add("Origin", node.BaseAddress.GetLeftPart(UriPartial.Authority));
        if (forwardedFor is not null)
            request.Headers.Add("X-Forwarded-For", forwardedFor);
        using var answer = await _http.SendAsync(request);
        return answer.StatusCode;
    }
}
