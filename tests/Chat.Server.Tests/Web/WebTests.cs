using System.Net;
using System.Net.Http.Headers;

namespace Chat.Server.Tests.Web;

public sealed class WebTests(WebNode web) : IClassFixture<WebNode>, IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = web.Node.BaseAddress };

    [Theory]
    [InlineData("", "demo.html")]
    [InlineData("console", "console.html")]
    [InlineData("console/", "console.html")]
    [InlineData("console/admin/inboxes", "console.html")]
    [InlineData("widget/demo", "widget.html")]
    [InlineData("widget/nobody-has-this-key", "widget.html")]
    public async Task Each_address_has_its_page_without_anything_inline(string path, string page)
    {
        using var answer = await GetAsync(path);

        Assert.Contains($"<title>{page}</title>", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("text/html; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.True(answer.Headers.CacheControl!.NoCache);
        var policy = Policy(answer);
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_the_pages_of_its_inbox_may_embed_the_widget_and_none_the_console()
    {
        using var widget = await GetAsync("widget/demo");
        using var unknown = await GetAsync("widget/nobody-has-this-key");
        using var console = await GetAsync("console");

        Assert.EndsWith("frame-ancestors 'self'", Policy(widget), StringComparison.Ordinal);
        Assert.EndsWith("frame-ancestors 'self'", Policy(unknown), StringComparison.Ordinal);
        Assert.EndsWith("frame-ancestors 'none'", Policy(console), StringComparison.Ordinal);
        Assert.Equal("same-origin", Assert.Single(console.Headers.GetValues("Cross-Origin-Opener-Policy")));
    }

    [Fact]
    public async Task The_widgets_document_lets_the_browser_ask_for_the_settings_of_its_inbox_at_once()
    {
        using var widget = await GetAsync("widget/demo");
        using var unknown = await GetAsync("widget/nobody-has-this-key");

        Assert.Equal("</api/v1/widget/demo>; rel=preload; as=fetch; crossorigin", Assert.Single(widget.Headers.GetValues("Link")));
        Assert.False(unknown.Headers.Contains("Link"));
    }

    [Fact]
    public async Task Files_with_a_hash_in_their_name_are_kept_for_ever_and_the_loader_is_asked_for_each_time()
    {
        using var asset = await GetAsync("assets/console/main-1a2b.js");
        using var loader = await GetAsync("widget.js");

        Assert.Contains("immutable", asset.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        Assert.True(loader.Headers.CacheControl!.NoCache);
        Assert.Equal("cross-origin", Assert.Single(loader.Headers.GetValues("Cross-Origin-Resource-Policy")));
        Assert.Equal(WebNode.Script, await loader.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_page_that_is_open_while_the_server_is_upgraded_gets_its_scripts_from_the_new_one()
    {
        await using (await web.StartAsync(web.Screens("0ld"), "upgraded")) { }
        await using var upgraded = await web.StartAsync(web.Screens("new"), "upgraded");

        using var http = new HttpClient { BaseAddress = upgraded.BaseAddress };
        using var old = await http.GetAsync(new Uri("assets/console/main-0ld.js", UriKind.Relative));
        using var none = await http.GetAsync(new Uri("assets/console/main-n0ne.js", UriKind.Relative));

        Assert.Equal(WebNode.Script, await old.Content.ReadAsStringAsync());
        Assert.Equal("text/javascript", old.Content.Headers.ContentType!.MediaType);
        Assert.Contains("immutable", old.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }

    [Theory]
    [InlineData("gzip, br", true)]
    [InlineData("br;q=0", false)]
    [InlineData("gzip", false)]
    public async Task Who_takes_brotli_gets_the_compressed_twin(string accepted, bool compressed)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "widget.js");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", accepted);
        using var answer = await _http.SendAsync(request);

        Assert.Equal(compressed ? ["br"] : [], answer.Content.Headers.ContentEncoding);
        Assert.Equal(compressed, await answer.Content.ReadAsStringAsync() != WebNode.Script);
        Assert.Contains("Accept-Encoding", answer.Headers.Vary);
    }

    [Fact]
    public async Task Who_has_the_file_is_told_so()
    {
        using var first = await GetAsync("widget.js");
        using var request = new HttpRequestMessage(HttpMethod.Get, "widget.js");
        request.Headers.IfNoneMatch.Add(EntityTagHeaderValue.Parse(first.Headers.ETag!.ToString()));
        using var second = await _http.SendAsync(request);

        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.Empty(await second.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("assets/none.js")]
    [InlineData("assets/..%2f.built")]
    [InlineData("assets/%2e%2e/%2e%2e/data/chat.db")]
    [InlineData("widget")]
    public async Task What_is_not_a_file_of_the_screens_is_not_found(string path)
    {
        using var answer = await GetAsync(path);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task Without_screens_the_API_runs_and_the_pages_say_what_is_missing()
    {
        await using var bare = await web.StartAsync(Path.Combine(Path.GetTempPath(), "no-such-folder"));
        using var http = new HttpClient { BaseAddress = bare.BaseAddress };

        using var page = await http.GetAsync(new Uri("console", UriKind.Relative));
        using var api = await http.GetAsync(new Uri("openapi/v1.json", UriKind.Relative));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, page.StatusCode);
        Assert.Contains("npm run build", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, api.StatusCode);
    }

    public void Dispose() => _http.Dispose();

    private static string Policy(HttpResponseMessage answer) => Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));

    private Task<HttpResponseMessage> GetAsync(string path) => _http.GetAsync(new Uri(path, UriKind.Relative));
}
