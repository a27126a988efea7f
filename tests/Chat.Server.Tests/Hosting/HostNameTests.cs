using System.ComponentModel.DataAnnotations;
using System.Net;
using Chat.Server.Hosting;
using Chat.Testing.Nodes;

namespace Chat.Server.Tests.Hosting;

/// <summary>To which names the service answers, and what every answer tells browsers.</summary>
public sealed class HostNameTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("chat-hosts-");
    private readonly HttpClient _http = new();

    [Fact]
    public async Task The_embedded_default_is_no_page_of_a_stranger_and_answers_to_all_that_means_this_machine()
    {
        await using var node = await StartAsync();
        var port = node.BaseAddress.Port;

        foreach (
            var own in (string[])
                ["localhost", "127.0.0.1", "[::1]", "192.168.1.7", "anna-laptop", "chat.localhost", Environment.MachineName]
        )
            Assert.Equal((own, HttpStatusCode.OK), (own, (await AskAsync(node.BaseAddress, $"{own}:{port}")).StatusCode));
        foreach (var strange in (string[])["rebound.example", "localhost.rebound.example", "127.0.0.1.rebound.example", "chat.example.com"])
        {
            using var refused = await AskAsync(node.BaseAddress, $"{strange}:{port}");
            Assert.Equal((strange, HttpStatusCode.BadRequest), (strange, refused.StatusCode));
            Assert.Contains("Http:AllowedHosts", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        Assert.Contains("Http:AllowedHosts", await node.WaitForLineAsync("named a host"), StringComparison.Ordinal);
        // Probes name what they like.
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(new Uri(node.ManagementAddress, "readyz"), "rebound.example")).StatusCode);
    }

    [Fact]
    public async Task Listed_names_and_public_origins_are_answered_and_the_management_port_has_an_address_of_its_own()
    {
        await using var node = await StartAsync(
            ("Http__Address", "*"),
            ("Http__ManagementAddress", "127.0.0.1"),
            ("Http__AllowedHosts__0", "chat.example.com"),
            ("Http__AllowedHosts__1", "*.apps.example"),
            ("Http__AllowedHosts__2", "xn--80a0bn.xn--p1ai"),
            ("Http__AllowedHosts__3", "*.Чат.рф"),
            ("Identity__PublicOrigins__1", "https://Пример.рф"),
            ("Http__HstsDays", "30"),
            ("Http__TrustedProxies__0", "127.0.0.0/8"),
            ("Identity__PublicOrigins__0", "https://help.example")
        );

        foreach (
            var own in (string[])
                [
                    "chat.example.com",
                    "CHAT.example.com.",
                    "one.apps.example",
                    "help.example",
                    "xn--80a0bn.xn--p1ai",
                    "a.xn--80a0bn.xn--p1ai",
                    "xn--e1afmkfd.xn--p1ai",
                ]
        )
            Assert.Equal((own, HttpStatusCode.OK), (own, (await AskAsync(node.BaseAddress, own)).StatusCode));
        foreach (var strange in (string[])["apps.example", "evilapps.example", "localhost", "127.0.0.1"])
            Assert.Equal((strange, HttpStatusCode.BadRequest), (strange, (await AskAsync(node.BaseAddress, strange)).StatusCode));
        // Everybody reaches the public port, and this machine alone the other.
        var elsewhere = new UriBuilder(node.BaseAddress) { Host = "127.0.0.2" }.Uri;
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(elsewhere, "chat.example.com")).StatusCode);
        var managed = new UriBuilder(node.ManagementAddress) { Host = "127.0.0.2" }.Uri;
        await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(new Uri(managed, "readyz"), "127.0.0.2"));

        using var secure = await AskAsync(node.BaseAddress, "chat.example.com", proto: "https");
        Assert.Equal("max-age=2592000", Assert.Single(secure.Headers.GetValues("Strict-Transport-Security")));
        using var plain = await AskAsync(node.BaseAddress, "chat.example.com");
        Assert.False(plain.Headers.Contains("Strict-Transport-Security"));
    }

    [Theory]
    // Nobody's own: kept, and asked for again.
    [InlineData("api/v1/widget/demo", HttpStatusCode.OK, "no-cache")]
    [InlineData("api/v1/widget/nowhere", HttpStatusCode.NotFound, "no-store")]
    [InlineData("api/v1/me", HttpStatusCode.Unauthorized, "no-store")]
    [InlineData("api/v1/nothing", HttpStatusCode.NotFound, "no-store")]
    public async Task Answers_of_the_API_are_taken_for_nothing_else_and_kept_nowhere(string path, HttpStatusCode status, string kept)
    {
        await using var node = await StartAsync();

        using var answer = await AskAsync(new Uri(node.BaseAddress, path), $"localhost:{node.BaseAddress.Port}");

        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal(kept, answer.Headers.CacheControl!.ToString());
    }

    [Theory]
    [InlineData("chat.example.com:8080")]
    [InlineData("https://chat.example.com")]
    [InlineData("")]
    public void What_is_no_name_is_refused_at_the_start(string host)
    {
        var options = new HttpOptions { AllowedHosts = [host] };

        var fault = Assert.Single(options.Validate(new ValidationContext(options)));

        Assert.Contains("Http:AllowedHosts", fault.ErrorMessage, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _http.Dispose();
        _folder.Delete(recursive: true);
    }

    private Task<ChatNode> StartAsync(params (string Name, string Value)[] settings)
    {
        var all = settings.ToDictionary(one => one.Name, one => (string?)one.Value, StringComparer.Ordinal);
        all["Storage__DataFolder"] = Path.Combine(_folder.FullName, "data");
        return ChatNode.StartAsync(all);
    }

    private async Task<HttpResponseMessage> AskAsync(Uri address, string host, string? proto = null)
    {
        var uri = address.AbsolutePath == "/" ? new Uri(address, "api/v1/widget/demo") : address;
        using var request = new HttpRequestMessage(HttpMethod.Get, uri);
        request.Headers.TryAddWithoutValidation("Host", host);
        if (proto is not null)
            request.Headers.Add("X-Forwarded-Proto", proto);
        request.Headers.Add("X-Forwarded-For", "203.0.113.9");
        return await _http.SendAsync(request);
    }
}
