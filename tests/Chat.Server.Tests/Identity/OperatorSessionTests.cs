using System.Text.Json.Nodes;
using Chat.Contracts;
using Chat.Server.Identity;
using Chat.Server.Inboxes;
using Chat.Server.Operators;

namespace Chat.Server.Tests.Identity;

public abstract class OperatorSessionTests : IdentityTest
{
    private const string Password = IdentityServer.Password;
    private const string Path = "/api/v1/operator/session";

    private protected override ValueTask<(string Key, string Value)[]> MoreSettingsAsync() =>
        new([("Identity:PasswordsPerMinute", "0"), ("Identity:OperatorSessionsPerMinute", "0")]);

    [Fact]
    public async Task An_operator_signs_in_and_goes_on_with_the_cookie()
    {
        var (id, email) = await Server.AddOperatorAsync(OperatorRole.Supervisor);

        var (_, signedIn, first) = await Server.SignInAsync(new(email.ToUpperInvariant(), Password));
        var (_, continued, second) = await Server.SignInAsync(new(), first);

        Assert.Equal((id, OperatorRole.Supervisor, false), (signedIn!.Operator.Id, signedIn.Role, signedIn.MustChangePassword));
        Assert.Equal(200, (int)(await Server.GetAsync("/hubs/operator", signedIn.Token)).StatusCode);
        Assert.Equal(id, continued!.Operator.Id);
        // Until the new one is used, the old one works; then no longer, and its use ends the family.
        Assert.Equal(200, (await Server.SignInAsync(new(), first)).Status);
        var (_, _, third) = await Server.SignInAsync(new(), second);
        Assert.Equal(401, (await Server.SignInAsync(new(), first)).Status);
        Assert.Equal(401, (await Server.SignInAsync(new(), third)).Status);
    }

    [Fact]
    public async Task The_cookie_is_for_this_path_and_no_script_and_no_other_site()
    {
        var (_, email) = await Server.AddOperatorAsync();

        var answer = await Server.PostAsync(Path, new OperatorSessionRequest(email, Password));

        var attributes = answer.Headers.GetValues("Set-Cookie").Single().Split("; ").Skip(1).Select(a => a.ToLowerInvariant()).ToList();
        Assert.Equivalent(new[] { "max-age=604800", "path=/api/v1/operator", "samesite=strict", "httponly" }, attributes, strict: true);
        Assert.True(answer.Headers.CacheControl!.NoStore);
    }

    [Theory]
    [InlineData("Origin")]
    [InlineData("X-Forwarded-Proto")]
    public async Task The_cookie_never_goes_over_plain_HTTP_where_a_proxy_that_is_not_trusted_ended_TLS(string header)
    {
        var (_, email) = await Server.AddOperatorAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, Path)
        {
            Content = System.Net.Http.Json.JsonContent.Create(new OperatorSessionRequest(email, Password), options: ChatJson.Wire.Options),
        };
        request.Headers.Add(header, header == "Origin" ? Server.OwnOrigin.Replace("http:", "https:", StringComparison.Ordinal) : "https");

        using var answer = await Server.Client.SendAsync(request);

        Assert.Contains("; secure", answer.Headers.GetValues("Set-Cookie").Single(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Logging_out_ends_the_cookie_but_no_other_browsers()
    {
        var (_, email) = await Server.AddOperatorAsync();
        var (_, _, here) = await Server.SignInAsync(new(email, Password));
        var (_, _, elsewhere) = await Server.SignInAsync(new(email, Password));

        Assert.Equal(204, (int)(await Server.PostAsync("/api/v1/operator/logout", new OperatorSessionRequest(), cookie: here)).StatusCode);

        Assert.Equal(401, (await Server.SignInAsync(new(), here)).Status);
        Assert.Equal(200, (await Server.SignInAsync(new(), elsewhere)).Status);
    }

    [Fact]
    public async Task The_first_sign_in_asks_for_a_new_password()
    {
        var (_, email) = await Server.AddOperatorAsync(mustChange: true);

        var (status, session, cookie) = await Server.SignInAsync(new(email, Password));
        Assert.Equal((200, "", true, null), (status, session!.Token, session.MustChangePassword, cookie));
        Assert.Equal(400, (await Server.SignInAsync(new(email, Password, "too short"))).Status);
        Assert.Equal(400, (await Server.SignInAsync(new(email, Password, Password))).Status);
        Assert.Equal(401, (await Server.SignInAsync(new(email, "wrong", "a new and longer one"))).Status);

        (_, session, cookie) = await Server.SignInAsync(new(email, Password, "a new and longer one"));
        Assert.False(session!.MustChangePassword);
        Assert.NotEmpty(session.Token);
        Assert.NotNull(cookie);
        Assert.Equal(401, (await Server.SignInAsync(new(email, Password))).Status);
        Assert.False((await Server.SignInAsync(new(email, "a new and longer one"))).Session!.MustChangePassword);
    }

    [Fact]
    public async Task A_new_password_ends_the_other_sessions()
    {
        var (_, email) = await Server.AddOperatorAsync();
        var (_, _, other) = await Server.SignInAsync(new(email, Password));

        var (_, _, mine) = await Server.SignInAsync(new(email, Password, "a new and longer one"));

        Assert.Equal(401, (await Server.SignInAsync(new(), other)).Status);
        Assert.Equal(200, (await Server.SignInAsync(new(), mine)).Status);
    }

    [Fact]
    public async Task Five_wrong_passwords_lock_the_account_for_longer_and_longer()
    {
        var (_, email) = await Server.AddOperatorAsync();
        for (var i = 0; i < PasswordSignIn.FreeTries; i++)
            Assert.Equal(401, (await Server.SignInAsync(new(email, "wrong"))).Status);

        Assert.Equal(401, (await Server.SignInAsync(new(email, Password))).Status);
        Server.Time.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(1));
        Assert.Equal(401, (await Server.SignInAsync(new(email, Password))).Status);
        Server.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(401, (await Server.SignInAsync(new(email, "wrong"))).Status);
        // The sixth in a row: ten minutes.
        Server.Time.Advance(TimeSpan.FromMinutes(9));
        Assert.Equal(401, (await Server.SignInAsync(new(email, Password))).Status);
        Server.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(200, (await Server.SignInAsync(new(email, Password))).Status);
        // The right one starts the count again.
        Assert.Equal(401, (await Server.SignInAsync(new(email, "wrong"))).Status);
        Assert.Equal(200, (await Server.SignInAsync(new(email, Password))).Status);
    }

    [Fact]
    public async Task Guesses_made_at_once_are_all_counted()
    {
        var (_, email) = await Server.AddOperatorAsync();
        var signIn = Server.Get<PasswordSignIn>();

        await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => signIn.TryAsync(email, "wrong", null, default)));

        var account = await Server.Get<OperatorStore>().FindByEmailAsync(email, default);
        Assert.Equal(PasswordSignIn.FreeTries, account!.FailedCount);
        Assert.Null((await signIn.TryAsync(email, Password, null, default)).Account);
    }

    [Fact]
    public async Task Unknown_disabled_locked_and_wrong_look_alike()
    {
        var (disabled, disabledEmail) = await Server.AddOperatorAsync();
        await Server.Get<OperatorStore>().SetDisabledAsync(disabled, true, default);
        var (_, wrongEmail) = await Server.AddOperatorAsync();
        var (_, lockedEmail) = await Server.AddOperatorAsync();
        for (var i = 0; i < PasswordSignIn.FreeTries; i++)
            await Server.SignInAsync(new(lockedEmail, "wrong"));

        var bodies = new List<string>();
        foreach (
            var (email, password) in ((string, string)[])
                [
                    ("nobody@example.org", Password),
                    ("no\0text@example.org", Password),
                    (disabledEmail, Password),
                    (wrongEmail, "wrong"),
                    (lockedEmail, Password),
                ]
        )
        {
            var answer = await Server.PostAsync(Path, new OperatorSessionRequest(email, password));
            var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.AsObject();
            body.Remove("traceId");
            bodies.Add($"{(int)answer.StatusCode} {body}");
        }

        Assert.Single(bodies.Distinct(StringComparer.Ordinal));
        Assert.StartsWith("401", bodies[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disabled_or_demoted_operator_loses_tokens_and_sessions()
    {
        var (fired, firedEmail) = await Server.AddOperatorAsync(OperatorRole.Admin);
        var (demoted, demotedEmail) = await Server.AddOperatorAsync(OperatorRole.Admin);
        var (_, firedSession, firedCookie) = await Server.SignInAsync(new(firedEmail, Password));
        var (_, demotedSession, demotedCookie) = await Server.SignInAsync(new(demotedEmail, Password));

        var demotion = new AccountChange(null, null, OperatorRole.Operator, null);
        Assert.False((await Server.Get<OperatorStore>().ChangeAsync(demoted, by: fired, demotion, default)).IsRefused);
        await Server.Get<OperatorStore>().SetDisabledAsync(fired, true, default);
        await Server.Get<IInboxDirectory>().RefreshAsync(default);

        Assert.Equal(401, (int)(await Server.GetAsync("/hubs/operator", firedSession!.Token)).StatusCode);
        Assert.Equal(401, (int)(await Server.GetAsync("/api/v1/admin", demotedSession!.Token)).StatusCode);
        Assert.Equal(401, (await Server.SignInAsync(new(), firedCookie)).Status);
        Assert.Equal(401, (await Server.SignInAsync(new(), demotedCookie)).Status);
        Assert.Equal(OperatorRole.Operator, (await Server.SignInAsync(new(demotedEmail, Password))).Session!.Role);
    }

    [Fact]
    public async Task An_operator_whom_another_process_added_can_work_at_once()
    {
        var hash = Server.Get<Passwords>().Hash(Password);
        await Server.Get<OperatorStore>().AddAsync(new NewOperator("new@example.org", "New", OperatorRole.Operator, hash, false), default);

        var (_, session, _) = await Server.SignInAsync(new("new@example.org", Password));

        Assert.Equal(200, (int)(await Server.GetAsync("/hubs/operator", session!.Token)).StatusCode);
    }

    [Fact]
    public async Task Only_own_pages_may_sign_operators_in()
    {
        var (_, email) = await Server.AddOperatorAsync();
        await Server.AddInboxAsync(native: true, "https://shop.example");
        var request = new OperatorSessionRequest(email, Password);

        Assert.Equal(200, (int)(await Server.PostAsync(Path, request, Server.OwnOrigin)).StatusCode);
        Assert.Equal(403, (int)(await Server.PostAsync(Path, request, "https://shop.example")).StatusCode);
        Assert.Equal(403, (int)(await Server.PostAsync("/api/v1/operator/logout", request, "https://shop.example")).StatusCode);
    }

    [Fact]
    public async Task Incomplete_requests_are_invalid_and_without_anything_unauthenticated()
    {
        Assert.Equal(
            (400, "invalid"),
            await AccessTokenTests.CodeOf(await Server.PostAsync(Path, new OperatorSessionRequest("a@example.org")))
        );
        Assert.Equal((401, "unauthenticated"), await AccessTokenTests.CodeOf(await Server.PostAsync(Path, new OperatorSessionRequest())));
        Assert.Equal(
            (401, "unauthenticated"),
            await AccessTokenTests.CodeOf(await Server.PostAsync(Path, new OperatorSessionRequest(IdToken: "x")))
        );
    }

    [Theory]
    [InlineData(4, 0)]
    [InlineData(5, 5)]
    [InlineData(6, 10)]
    [InlineData(10, 160)]
    [InlineData(11, 240)]
    [InlineData(int.MaxValue, 240)]
    public void A_lock_grows_to_four_hours(int failed, int minutes) =>
        Assert.Equal(TimeSpan.FromMinutes(minutes), PasswordSignIn.LockFor(failed));
}

public sealed class SqliteOperatorSessionTests : OperatorSessionTests
{
    private protected override Task<Dictionary<string, string?>> CreateDatabaseAsync() => TestDatabase.SqliteAsync();
}

public sealed class PostgresOperatorSessionTests : OperatorSessionTests
{
    private protected override Task<Dictionary<string, string?>> CreateDatabaseAsync() => TestDatabase.PostgresAsync();
}

public sealed class SessionLimitTests : IdentityTest
{
    private protected override Task<Dictionary<string, string?>> CreateDatabaseAsync() => TestDatabase.SqliteAsync();

    private protected override ValueTask<(string Key, string Value)[]> MoreSettingsAsync() =>
        new([("Networks:Sessions", "3"), ("Identity:PasswordsPerMinute", "2")]);

    [Fact]
    public async Task One_network_gets_so_many_new_visitors_and_those_who_are_known_go_on()
    {
        var inbox = await Server.AddInboxAsync();
        var device = Guid.NewGuid();
        var known = await Server.VisitAsync(inbox, device);
        for (var i = 1; i < 3; i++)
            await Server.VisitAsync(inbox);

        var refused = await Server.TryVisitAsync(inbox);

        Assert.Equal((429, "rate_limited"), await AccessTokenTests.CodeOf(refused));
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 200);
        Assert.Equal(known.VisitorId, (await Server.VisitAsync(inbox, device, refresh: known.RefreshToken)).VisitorId);
        Server.Time.Advance(refused.Headers.RetryAfter!.Delta!.Value);
        await Server.VisitAsync(inbox);
    }

    [Fact]
    public async Task One_email_may_be_tried_so_often_whether_it_has_an_account_or_not()
    {
        foreach (var email in (string[])["nobody@example.org", (await Server.AddOperatorAsync()).Email])
        {
            Assert.Equal(401, (await Server.SignInAsync(new(email, "wrong"))).Status);
            Assert.Equal(401, (await Server.SignInAsync(new(email, "wrong"))).Status);
            Assert.Equal(429, (await Server.SignInAsync(new(email.ToUpperInvariant(), IdentityServer.Password))).Status);
        }
    }
}
