using Chat.Contracts;
using Chat.Server.Identity;
using Chat.Server.Inboxes;

namespace Chat.Server.Tests.Identity;

public sealed class OriginRulesTests
{
    [Theory]
    // Own: the host of the request, whatever ended TLS.
    [InlineData("https://chat.example.org", "chat.example.org", false, true)]
    [InlineData("http://chat.example.org", "chat.example.org", false, true)]
    [InlineData("https://chat.example.org", "chat.example.org", true, true)]
    [InlineData("http://chat.example.org", "chat.example.org", true, false)]
    [InlineData("http://localhost:8080", "localhost:8080", false, true)]
    [InlineData("http://localhost:8081", "localhost:8080", false, false)]
    [InlineData("https://chat.example.org.evil.test", "chat.example.org", false, false)]
    [InlineData("https://evil.test", "chat.example.org", false, false)]
    [InlineData("null", "chat.example.org", false, false)]
    [InlineData("file://", "", false, false)]
    [InlineData(null, "chat.example.org", false, false)]
    // Own: configured.
    [InlineData("https://public.example.org", "10.0.0.7:8080", false, true)]
    [InlineData("HTTPS://PUBLIC.example.org", "10.0.0.7:8080", false, true)]
    [InlineData("http://public.example.org", "10.0.0.7:8080", false, false)]
    public void Own_pages_are_of_the_requests_host_or_configured(string? origin, string host, bool isHttps, bool isOwn) =>
        Assert.Equal(isOwn, OriginRules.IsOwn(origin, ["https://public.example.org"], host, isHttps));

    [Theory]
    [InlineData("https://shop.example", false, false, true)]
    [InlineData("https://shop.example:8443", false, false, false)]
    [InlineData("http://shop.example", false, false, false)]
    [InlineData("https://sub.shop.example", false, false, false)]
    [InlineData("https://shop.example/", false, false, false)]
    [InlineData("https://shop.example, https://shop.example", false, false, false)]
    [InlineData("https://user@shop.example", false, false, false)]
    [InlineData("null", false, true, false)]
    [InlineData("https://xn--\u4e2d.com", false, true, false)]
    [InlineData("", false, true, false)]
    [InlineData("https://own.example", true, false, true)]
    [InlineData(null, false, false, false)]
    [InlineData(null, false, true, true)]
    public void Visitors_come_from_own_pages_the_inboxs_pages_and_native_apps(string? origin, bool isOwn, bool native, bool allowed)
    {
        var inbox = new Inbox
        {
            Id = new InboxId(Guid.NewGuid()),
            Key = "shop",
            Name = "Shop",
            Origins = ["https://shop.example"],
            AllowNativeApps = native,
        };

        Assert.Equal(allowed, OriginRules.AllowsVisitor(origin, inbox, isOwn));
    }

    [Theory]
    [InlineData("https://Пример.рф", "https://xn--e1afmkfd.xn--p1ai")]
    [InlineData("https://xn--e1afmkfd.xn--p1ai", "https://xn--e1afmkfd.xn--p1ai")]
    [InlineData("https://shop.example:443", "https://shop.example")]
    [InlineData("http://192.0.2.1:8080", "http://192.0.2.1:8080")]
    [InlineData("http://[2001:db8::1]:8080", "http://[2001:db8::1]:8080")]
    public void Origins_are_written_as_browsers_send_them(string given, string kept) => Assert.Equal(kept, OriginRules.Normalize(given));

    [Theory]
    [InlineData(null, false, true)]
    [InlineData("https://own.example", true, true)]
    [InlineData("https://shop.example", false, false)]
    [InlineData("https://xn--\u4e2d.com", false, false)]
    [InlineData("null", false, false)]
    public void Operators_come_from_own_pages_and_programs(string? origin, bool isOwn, bool allowed) =>
        Assert.Equal(allowed, OriginRules.AllowsOperator(origin, isOwn));
}
