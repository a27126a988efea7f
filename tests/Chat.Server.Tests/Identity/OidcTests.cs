using System.Security.Cryptography;
using System.Text.Json;
using Chat.Contracts;
using Chat.Server.Operators;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Chat.Server.Tests.Identity;

/// <summary>An OpenID Connect provider as small as one can be: discovery, keys, and tokens signed on demand.</summary>
internal sealed class FakeProvider : IAsyncDisposable
{
    public const string ClientId = "chat-console";

    private readonly RSA _rsa = RSA.Create(2048);
    private readonly WebApplication _app;

    private FakeProvider()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        _app = builder.Build();
        _app.MapGet(
            "/.well-known/openid-configuration",
            () => Results.Text(JsonSerializer.Serialize(new { issuer = Issuer, jwks_uri = $"{Issuer}/keys" }), "application/json")
        );
        _app.MapGet("/keys", () => Results.Text(JsonSerializer.Serialize(new { keys = new[] { PublicKey() } }), "application/json"));
    }

    public string Issuer => _app.Urls.Single();

    public RSA Key => _rsa;

    public static async Task<FakeProvider> StartAsync()
    {
        var provider = new FakeProvider();
        await provider._app.StartAsync();
        return provider;
    }

    public string Sign(
        DateTimeOffset now,
        string subject,
        string email,
        object? verified = null,
        string audience = ClientId,
        string? issuer = null,
        SigningCredentials? credentials = null,
        TimeSpan? age = null
    ) =>
        new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(
            new SecurityTokenDescriptor
            {
                Issuer = issuer ?? Issuer,
                Audience = audience,
                Expires = (now - (age ?? TimeSpan.Zero)).UtcDateTime.AddMinutes(5),
                Claims = new Dictionary<string, object>(StringComparer.Ordinal)
                {
                    ["sub"] = subject,
                    ["email"] = email,
                    ["email_verified"] = verified ?? true,
                },
                SigningCredentials = credentials ?? new(new RsaSecurityKey(_rsa) { KeyId = "p1" }, SecurityAlgorithms.RsaSha256),
            }
        );

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _rsa.Dispose();
    }

    private object PublicKey()
    {
        var key = _rsa.ExportParameters(false);
        return new
        {
            kty = "RSA",
            use = "sig",
            kid = "p1",
            n = Base64UrlEncoder.Encode(key.Modulus),
            e = Base64UrlEncoder.Encode(key.Exponent),
        };
    }
}

public abstract class OidcTests : IdentityTest
{
    private FakeProvider _provider = null!;

    private protected override async ValueTask<(string Key, string Value)[]> MoreSettingsAsync()
    {
        _provider = await FakeProvider.StartAsync();
        return [("Identity:Oidc:Authority", _provider.Issuer), ("Identity:Oidc:ClientId", FakeProvider.ClientId)];
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
        var publicPem = System.Text.Encoding.UTF8.GetBytes(_provider.Key.ExportSubjectPublicKeyInfoPem());
        var strangers = new SigningCredentials(new RsaSecurityKey(stranger) { KeyId = "p1" }, SecurityAlgorithms.RsaSha256);
        var confused = new SigningCredentials(new SymmetricSecurityKey(publicPem) { KeyId = "p1" }, SecurityAlgorithms.HmacSha256);

        Assert.Equal(401, (await SignInAsync(_provider.Sign(now, "s1", email, audience: "another-app"))).Status);
        Assert.Equal(401, (await SignInAsync(_provider.Sign(now, "s1", email, issuer: "https://other.example"))).Status);
        Assert.Equal(401, (await SignInAsync(_provider.Sign(now, "s1", email, credentials: strangers))).Status);
        Assert.Equal(401, (await SignInAsync(_provider.Sign(now, "s1", email, credentials: confused))).Status);
        Assert.Equal(401, (await SignInAsync(_provider.Sign(now, "s1", email, age: TimeSpan.FromMinutes(10)))).Status);
        Assert.Equal(200, (await SignInAsync(_provider.Sign(now, "s1", email))).Status);
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
        _provider.Sign(Server.Time.GetUtcNow(), subject, email, verified);

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
