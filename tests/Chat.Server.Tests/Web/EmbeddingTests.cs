using Chat.Server.Tests.Rest;

namespace Chat.Server.Tests.Web;

[Collection(RestCollection.Name)]
public sealed class EmbeddingTests(RestNode node)
{
    [Fact]
    public async Task The_origins_of_an_inbox_and_no_others_may_embed_its_widget()
    {
        using var http = new HttpClient { BaseAddress = node.Node.BaseAddress };
        using var answer = await http.GetAsync(new Uri("widget/shop", UriKind.Relative));

        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.EndsWith("; frame-ancestors 'self' https://shop.example", policy, StringComparison.Ordinal);
    }
}
