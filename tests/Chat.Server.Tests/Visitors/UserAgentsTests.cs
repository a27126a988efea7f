using Chat.Server.Visitors;

namespace Chat.Server.Tests.Visitors;

public sealed class UserAgentsTests
{
    [Theory]
    [InlineData(
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
        "Chrome 141",
        "Windows"
    )]
    [InlineData(
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0",
        "Edge 141",
        "Windows"
    )]
    [InlineData(
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 YaBrowser/25.8.0.0 Safari/537.36",
        "Yandex Browser 25",
        "Linux"
    )]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0", "Firefox 144", "Linux")]
    [InlineData(
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15",
        "Safari 18",
        "macOS"
    )]
    [InlineData(
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/141.0.7390.41 Mobile/15E148 Safari/604.1",
        "Chrome 141",
        "iOS"
    )]
    [InlineData(
        "Mozilla/5.0 (Linux; Android 15; SM-S938B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
        "Samsung Internet 28",
        "Android"
    )]
    [InlineData("curl/8.5.0", null, null)]
    [InlineData("Chrome/99999999999999999999", "Chrome", null)]
    [InlineData("<script>alert(1)</script> Windows", null, "Windows")]
    [InlineData("", null, null)]
    [InlineData(null, null, null)]
    public void A_header_becomes_a_browser_and_a_system_or_nothing(string? header, string? browser, string? os) =>
        Assert.Equal((browser, os), UserAgents.Describe(header));

    [Fact]
    public void A_header_of_any_length_is_not_read() =>
        Assert.Equal((null, null), UserAgents.Describe("Firefox/1 " + new string('x', 100_000)));
}
