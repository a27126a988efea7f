using System.Net;
using System.Text;
using Chat.Contracts;
using Microsoft.AspNetCore.WebUtilities;

namespace Chat.Server.Tests.Hubs;

/// <summary>Who may open a socket at all, decided before the upgrade; and sessions with what is not theirs.</summary>
[Collection(HubTests.Name)]
public sealed class BadTokenTests(HubScene scene) : BadInput(scene)
{
    [Fact]
    public Task Without_a_token_nobody_connects() => RefusedAsync(HttpStatusCode.Unauthorized, "visitor", null);

    [Theory]
    [InlineData("x")]
    [InlineData("a.b.c")]
    [InlineData("..")]
    public Task What_is_no_token_does_not_connect(string token) => RefusedAsync(HttpStatusCode.Unauthorized, "visitor", token);

    [Fact]
    public async Task A_token_as_long_as_a_book_does_not_connect()
    {
        var token = (await Scene.NewVisitorAsync()).Token;
        await RefusedAsync(HttpStatusCode.Unauthorized, "visitor", token + new string('x', 4000));
    }

    [Fact]
    public Task An_expired_token_does_not_connect() =>
        RefusedAsync(
            HttpStatusCode.Unauthorized,
            "operator",
            Scene.Seed.TokenOf(Scene.Seed.Olga, TimeProvider.System.GetUtcNow().AddSeconds(-1))
        );

    [Fact]
    public async Task A_token_with_a_forged_signature_does_not_connect()
    {
        var parts = (await Scene.NewVisitorAsync()).Token.Split('.');
        var signature = WebEncoders.Base64UrlDecode(parts[2]);
        signature[0] ^= 1;
        await RefusedAsync(HttpStatusCode.Unauthorized, "visitor", $"{parts[0]}.{parts[1]}.{WebEncoders.Base64UrlEncode(signature)}");
    }

    [Fact]
    public async Task A_token_with_a_forged_content_does_not_connect()
    {
        var parts = (await Scene.NewVisitorAsync()).Token.Split('.');
        var claims = Encoding.UTF8.GetString(WebEncoders.Base64UrlDecode(parts[1]));
        var forged = claims.Replace("\"visitor\"", "\"operator\"", StringComparison.Ordinal);
        Assert.NotEqual(claims, forged);
        await RefusedAsync(HttpStatusCode.Unauthorized, "operator", $"{parts[0]}.{Encode(forged)}.{parts[2]}");
    }

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("HS512")]
    public async Task A_token_that_names_another_algorithm_does_not_connect(string algorithm)
    {
        var parts = (await Scene.NewVisitorAsync()).Token.Split('.');
        var header = Encoding.UTF8.GetString(WebEncoders.Base64UrlDecode(parts[0]));
        var forged = header.Replace("HS256", algorithm, StringComparison.Ordinal);
        Assert.NotEqual(header, forged);
        await RefusedAsync(HttpStatusCode.Unauthorized, "visitor", $"{Encode(forged)}.{parts[1]}.");
        await RefusedAsync(HttpStatusCode.Unauthorized, "visitor", $"{Encode(forged)}.{parts[1]}.{parts[2]}");
    }

    [Fact]
    public async Task A_visitors_token_does_not_open_the_operators_hub() =>
        await RefusedAsync(HttpStatusCode.Forbidden, "operator", (await Scene.NewVisitorAsync()).Token);

    [Fact]
    public Task An_operators_token_does_not_open_the_visitors_hub() =>
        RefusedAsync(HttpStatusCode.Forbidden, "visitor", Scene.Seed.TokenOf(Scene.Seed.Olga));

    [Fact]
    public Task A_token_of_a_role_that_the_operator_does_not_have_does_not_connect() =>
        RefusedAsync(HttpStatusCode.Unauthorized, "operator", Scene.Seed.TokenOf(Scene.Seed.Olga with { Role = OperatorRole.Admin }));

    [Fact]
    public async Task A_page_of_a_foreign_origin_does_not_connect()
    {
        var token = (await Scene.NewVisitorAsync()).Token;
        await RefusedAsync(HttpStatusCode.Forbidden, "visitor", token, "https://evil.example");
        await RefusedAsync(HttpStatusCode.Forbidden, "visitor", token, "null");
        await RefusedAsync(HttpStatusCode.Forbidden, "operator", Scene.Seed.TokenOf(Scene.Seed.Olga), Seed.ShopOrigin);
        await using var allowed = await Scene.ConnectAsync("visitor", token, Seed.ShopOrigin);
        await allowed.ShakeHandsAsync();
    }

    [Fact]
    public async Task A_visitor_of_one_inbox_does_not_connect_from_the_pages_of_another()
    {
        var token = (await Scene.NewVisitorAsync(Seed.OtherKey)).Token;
        await RefusedAsync(HttpStatusCode.Forbidden, "visitor", token, Seed.ShopOrigin);
    }

    [Fact]
    public async Task A_refresh_token_is_good_for_its_own_inbox_and_device_only()
    {
        var device = Guid.NewGuid();
        var session = await Scene.OpenSessionAsync(new VisitorSessionRequest(Seed.ShopKey, device));
        var own = new VisitorSessionRequest(Seed.ShopKey, device, RefreshToken: session.RefreshToken);

        await RefusedAsync(ErrorCode.Unauthenticated, "visitor/session", own with { Inbox = Seed.OtherKey });
        await RefusedAsync(ErrorCode.Unauthenticated, "visitor/session", own with { DeviceId = Guid.NewGuid() });
        await RefusedAsync(ErrorCode.Unauthenticated, "visitor/session", own with { RefreshToken = session.Token });
        Assert.Equal(session.VisitorId, (await Scene.OpenSessionAsync(own)).VisitorId);
    }

    [Fact]
    public async Task A_visitors_refresh_token_is_no_operators_cookie()
    {
        var session = await Scene.NewVisitorAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Scene.Node.BaseAddress, "api/v1/operator/session"));
        request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        request.Headers.Add("Cookie", $"chat_refresh={session.RefreshToken}");
        using var response = await Scene.SendAsync(request);
        await AssertProblemAsync(ErrorCode.Unauthenticated, response);
    }

    [Fact]
    public async Task An_unknown_inbox_has_no_sessions() =>
        await RefusedAsync(ErrorCode.NotFound, "visitor/session", new VisitorSessionRequest("nowhere", Guid.NewGuid()));

    [Fact]
    public async Task A_wrong_password_is_refused_as_an_unknown_account_is()
    {
        await RefusedAsync(ErrorCode.Unauthenticated, "operator/session", new OperatorSessionRequest("olga@support.example", Secret));
        await RefusedAsync(ErrorCode.Unauthenticated, "operator/session", new OperatorSessionRequest("nobody@support.example", Secret));
    }

    [Fact]
    public async Task A_request_of_a_megabyte_is_too_large()
    {
        var request = new VisitorSessionRequest(Seed.ShopKey, Guid.NewGuid(), Secret + new string('x', 1024 * 1024));
        await RefusedAsync(ErrorCode.TooLarge, "visitor/session", request);
    }

    private async Task RefusedAsync(HttpStatusCode status, string hub, string? token, string? origin = null)
    {
        var before = Scene.Database.Count();

        var refused = await Assert.ThrowsAsync<UpgradeRefusedException>(() => Scene.ConnectAsync(hub, token, origin));

        Assert.Equal(status, refused.Status);
        Assert.Equal(before, Scene.Database.Count());
        if (token is { Length: > 10 })
            Assert.DoesNotContain(token, Scene.Node.Output, StringComparison.Ordinal);
        await NobodyNoticesAsync(null);
    }

    private async Task RefusedAsync(ErrorCode code, string path, object request)
    {
        using var response = await Scene.PostAsync(path, request);
        await AssertProblemAsync(code, response);
        await NobodyNoticesAsync(null);
        Assert.DoesNotContain("@support.example", Scene.Node.Output, StringComparison.Ordinal);
    }

    private static async Task AssertProblemAsync(ErrorCode code, HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.Equal(code.HttpStatus, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains($"\"code\":\"{code.Code}\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
    }

    private static string Encode(string text) => WebEncoders.Base64UrlEncode(Encoding.UTF8.GetBytes(text));
}
