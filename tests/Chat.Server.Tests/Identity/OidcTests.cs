using System.Security.Cryptography;
using System.Text;
using Chat.Contracts;
using Chat.Server.Operators;
using Chat.Testing.Services;
using Microsoft.IdentityModel.Tokens;

namespace Chat.Server.Tests.Identity;

public abstract class OidcTests : IdentityTest
{
    private IdentityProvider _provider = null!;

    private protected override async ValueTask<(string Key, string Value)[]> MoreSettingsAsync()
    {
        _provider = await IdentityProvider.StartAsync();
        return [("Identity:Oidc:Authority", _provider.Issuer), ("Identity:Oidc:ClientId", IdentityProvider.ClientId)];
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _provider.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task The_first_sign_in_finds_the_account_by_verified_email_and_later_ones_by_subject()
    {
        var (id, email) = await Server.AddOperatorAsync();

        var (status, session, cookie) = await SignInAsync(Token("s1", email.ToUpperInvariant()));
        Assert.Equal((200, id), (status, session!.Operator.Id));
        Assert.Equal(200, (int)(await Server.GetAsync("/hubs/operator", session.Token)).StatusCode);
        Assert.Equal(200, (await Server.SignInAsync(new(), cookie)).Status);
        Assert.Equal(id, (await SignInAsync(Token("s1", "renamed@example.org", verified: false))).Session!.Operator.Id);
    }

    [Fact]
    public async Task Subjects_and_emails_that_are_no_line_are_refused()
    {
        var (_, email) = await Server.AddOperatorAsync();

        foreach (var bad in (string[])["s\01", "s\u001B1", "s\n1", "s\u202E1"])
        {
            Assert.Equal(401, (await SignInAsync(Token(bad, email))).Status);
            Assert.Equal(401, (await SignInAsync(Token("s1", $"{bad}@example.org"))).Status);
        }
    }

    [Fact]
    public async Task Another_subject_with_the_same_email_is_not_the_operator()
    {
        var (_, email) = await Server.AddOperatorAsync();
        await SignInAsync(Token("s1", email));

        Assert.Equal(401, (await SignInAsync(Token("s2", email))).Status);
    }

    [Fact]
    public async Task Nobody_comes_in_without_an_enabled_account_and_a_verified_email()
    {
        var (id, email) = await Server.AddOperatorAsync();

        Assert.Equal(401, (await SignInAsync(Token("s1", "nobody@example.org"))).Status);
        Assert.Equal(401, (await SignInAsync(Token("s1", email, verified: false))).Status);
        Assert.Equal(401, (await SignInAsync(Token("s1", email, verified: "false"))).Status);
        Assert.Equal(200, (await SignInAsync(Token("s1", email, verified: "true"))).Status);
        await Server.Get<OperatorStore>().SetDisabledAsync(id, true, default);
        Assert.Equal(401, (await SignInAsync(Token("s1", email))).Status);
    }

    [Fact]
    public async Task Tokens_of_others_for_others_or_of_the_past_are_refused()
    {
        var (_, email) = await Server.AddOperatorAsync();
        var now = Server.Time.GetUtcNow();
        using var stranger = RSA.Create(2048);
        var publicPem = Encoding.UTF8.GetBytes(_provider.Tokens.Key.ExportSubjectPublicKeyInfoPem());
        var strangers = new SigningCredentials(new RsaSecurityKey(stranger) { KeyId = "p1" }, SecurityAlgorithms.RsaSha256);
        var confused = new SigningCredentials(new SymmetricSecurityKey(publicPem) { KeyId = "p1" }, SecurityAlgorithms.HmacSha256);

        string Of(OidcToken token) => _provider.Tokens.Sign(_provider.Issuer, now, "s1", email, token);
        string SignedWith(SigningCredentials credentials) =>
            _provider.Tokens.Sign(_provider.Issuer, now, "s1", email, credentials: credentials);

        Assert.Equal(401, (await SignInAsync(Of(OidcToken.OtherAudience))).Status);
        Assert.Equal(401, (await SignInAsync(_provider.Tokens.Sign("https://other.example", now, "s1", email))).Status);
        Assert.Equal(401, (await SignInAsync(SignedWith(strangers))).Status);
        Assert.Equal(401, (await SignInAsync(SignedWith(confused))).Status);
        Assert.Equal(401, (await SignInAsync(Of(OidcToken.Expired))).Status);
        Assert.Equal(200, (await SignInAsync(Of(OidcToken.Good))).Status);
    }

    [Fact]
    public async Task A_token_signs_in_once_on_whichever_node()
    {
        var (_, email) = await Server.AddOperatorAsync();
        var token = Token("s1", email);

        var tries = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => SignInAsync(token)));

        Assert.Equal(200, Assert.Single(tries, one => one.Status != 401).Status);
        // An embedded server has no other node.
        if (!Settings.ContainsKey("Storage:ConnectionString"))
            return;
        await using var other = await IdentityServer.StartAsync(
            Settings,
            ("Identity:Oidc:Authority", _provider.Issuer),
            ("Identity:Oidc:ClientId", IdentityProvider.ClientId)
        );
        Assert.Equal(401, (await other.SignInAsync(new(IdToken: token))).Status);
        Assert.Equal(200, (await other.SignInAsync(new(IdToken: Token("s1", email)))).Status);
    }

    [Fact]
    public async Task A_token_answers_the_question_that_this_page_asked()
    {
        var (_, email) = await Server.AddOperatorAsync();
        var now = Server.Time.GetUtcNow();
        string With(string? nonce) => _provider.Tokens.Sign(_provider.Issuer, now, "s1", email, nonce: nonce);

        Assert.Equal(401, (await Server.SignInAsync(new(IdToken: With("theirs"), Nonce: "mine"))).Status);
        Assert.Equal(401, (await Server.SignInAsync(new(IdToken: With("theirs")))).Status);
        Assert.Equal(401, (await Server.SignInAsync(new(IdToken: With(null), Nonce: "mine"))).Status);
        Assert.Equal(200, (await Server.SignInAsync(new(IdToken: With("mine"), Nonce: "mine"))).Status);
    }

    [Theory]
    [InlineData("crit")]
    [InlineData("b64")]
    public async Task A_token_whose_header_demands_what_nobody_here_does_is_refused(string header)
    {
        var (_, email) = await Server.AddOperatorAsync();
        var headers = Demanding(header);
        var token = _provider.Tokens.Sign(_provider.Issuer, Server.Time.GetUtcNow(), "s1", email, headers: headers);

        Assert.Equal(401, (await SignInAsync(token)).Status);
    }

    [Fact]
    public async Task Where_passwords_are_off_the_provider_is_the_only_way_in()
    {
        await using var strict = await IdentityServer.StartAsync(
            await CreateDatabaseAsync(),
            ("Identity:PasswordSignIn", "false"),
            ("Identity:Oidc:Authority", _provider.Issuer),
            ("Identity:Oidc:ClientId", IdentityProvider.ClientId)
        );

        var (_, email) = await strict.AddOperatorAsync();
        Assert.Equal(403, (await strict.SignInAsync(new(email, IdentityServer.Password))).Status);
        Assert.Equal(200, (await strict.SignInAsync(new(IdToken: Token("s1", email)))).Status);
        var methods = await (await strict.GetAsync("/api/v1/operator/sign-in")).Content.ReadAsStringAsync();
        Assert.Contains("\"password\":false", methods, StringComparison.Ordinal);
    }

    [Fact]
    public void Passwords_cannot_be_turned_off_where_nobody_could_sign_in_then()
    {
        var alone = new Chat.Server.Identity.IdentityOptions { PasswordSignIn = false };

        Assert.Contains("Identity:PasswordSignIn", alone.FindFault(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_provider_that_does_not_answer_is_not_the_operators_fault()
    {
        var (_, email) = await Server.AddOperatorAsync();
        var token = Token("s1", email);
        await _provider.DisposeAsync();

        Assert.Equal(503, (await SignInAsync(token)).Status);
        Assert.Equal(200, (await Server.SignInAsync(new(email, IdentityServer.Password))).Status);
    }

    private string Token(string subject, string email, object? verified = null) =>
        _provider.Tokens.Sign(_provider.Issuer, Server.Time.GetUtcNow(), subject, email, verified);

    private Task<(int Status, OperatorSession? Session, string? Cookie)> SignInAsync(string idToken) =>
        Server.SignInAsync(new(IdToken: idToken));
}

public sealed class SqliteOidcTests : OidcTests
{
    private protected override Task<Dictionary<string, string?>> CreateDatabaseAsync() => TestDatabase.SqliteAsync();
}

public sealed class PostgresOidcTests : OidcTests
{
    private protected override Task<Dictionary<string, string?>> CreateDatabaseAsync() => TestDatabase.PostgresAsync();
}
