using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Chat.Contracts;
using Chat.Server.Identity;
using Chat.Server.Inboxes;
using Chat.Server.Operators;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Chat.Server.Tests.Identity;

public abstract class AccessTokenTests : IdentityTest
{
    private static readonly JsonWebTokenHandler Handler = new() { SetDefaultTimesOnTokenCreation = false };

    private DateTime Soon => Server.Time.GetUtcNow().UtcDateTime.AddMinutes(5);

    [Fact]
    public async Task A_minted_token_names_its_visitor()
    {
        var inbox = await Server.AddInboxAsync();
        var visitor = new VisitorId(Guid.NewGuid());

        var result = await ValidateAsync(Server.Get<AccessTokens>().ForVisitor(visitor, inbox.Id, "Ada").Text);

        Assert.True(result.IsValid);
        var caller = Caller.From(new System.Security.Claims.ClaimsPrincipal(result.ClaimsIdentity))!;
        Assert.Equal((visitor, inbox.Id, "Ada", false), (caller.VisitorId, caller.InboxId, caller.Name, caller.IsOperator));
    }

    [Theory]
    [InlineData("crit")]
    [InlineData("b64")]
    public async Task A_token_whose_header_demands_what_nobody_here_does_is_refused(string header)
    {
        var inbox = await Server.AddInboxAsync();
        string With(IDictionary<string, object>? headers) =>
            Handler.CreateToken(
                new SecurityTokenDescriptor
                {
                    AdditionalHeaderClaims = headers,
                    Audience = AccessTokens.Audience,
                    Claims = new Dictionary<string, object>(StringComparer.Ordinal)
                    {
                        ["sub"] = Guid.NewGuid().ToString(),
                        ["kind"] = "visitor",
                        ["inbox"] = inbox.Id.ToString(),
                    },
                    Expires = Soon,
                    SigningCredentials = Server.Get<SigningKeys>().Current,
                }
            );

        Assert.True((await ValidateAsync(With(null))).IsValid);
        Assert.False((await ValidateAsync(With(Demanding(header)))).IsValid);
    }

    [Fact]
    public async Task A_token_ends_exactly_when_it_says()
    {
        var inbox = await Server.AddInboxAsync();
        var token = Server.Get<AccessTokens>().ForVisitor(new VisitorId(Guid.NewGuid()), inbox.Id, null);

        Server.Time.Advance(token.ExpiresAt - Server.Time.GetUtcNow() - TimeSpan.FromMilliseconds(1));
        Assert.True((await ValidateAsync(token.Text)).IsValid);
        Server.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False((await ValidateAsync(token.Text)).IsValid);
    }

    [Fact]
    public async Task A_token_changed_in_any_part_is_refused()
    {
        var parts = (await MintAsync()).Split('.');
        var payload = Base64UrlEncoder.Decode(parts[1]);
        var forged = Base64UrlEncoder.Encode(payload.Replace("visitor", "operator", StringComparison.Ordinal));

        Assert.False((await ValidateAsync($"{parts[0]}.{forged}.{parts[2]}")).IsValid);
        Assert.False((await ValidateAsync($"{parts[0]}.{parts[1]}.{Base64UrlEncoder.Encode(new byte[32])}")).IsValid);
        Assert.False((await ValidateAsync($"{parts[0]}.{parts[1]}.")).IsValid);
        Assert.False((await ValidateAsync("nonsense")).IsValid);
        Assert.False((await ValidateAsync(new string('a', 100_000))).IsValid);
    }

    [Fact]
    public async Task A_token_without_a_signature_is_refused()
    {
        var parts = (await MintAsync()).Split('.');
        var kid = new JsonWebToken(string.Join('.', parts)).Kid;
        foreach (var algorithm in (string[])["none", "None", "NONE", ""])
        {
            var header = Base64UrlEncoder.Encode(
                JsonSerializer.Serialize(
                    new
                    {
                        alg = algorithm,
                        kid,
                        typ = "JWT",
                    }
                )
            );
            Assert.False((await ValidateAsync($"{header}.{parts[1]}.")).IsValid);
            Assert.False((await ValidateAsync($"{header}.{parts[1]}.{parts[2]}")).IsValid);
        }
    }

    [Theory]
    [InlineData(SecurityAlgorithms.HmacSha384)]
    [InlineData(SecurityAlgorithms.HmacSha512)]
    public async Task The_right_secret_with_another_algorithm_is_refused(string algorithm)
    {
        var current = Server.Get<SigningKeys>().Current;
        var secret = ((SymmetricSecurityKey)current.Key).Key;
        // The longer hashes want longer keys; HMAC pads with zeros, so this is the same key.
        var padded = new SymmetricSecurityKey([.. secret, .. new byte[64 - secret.Length]]) { KeyId = current.Kid };

        Assert.True(
            (await ValidateAsync(Sign(new SigningCredentials(padded, SecurityAlgorithms.HmacSha256), AccessTokens.Audience, Soon))).IsValid
        );
        Assert.False((await ValidateAsync(Sign(new SigningCredentials(padded, algorithm), AccessTokens.Audience, Soon))).IsValid);
    }

    [Fact]
    public async Task Another_audience_no_end_and_an_unknown_key_are_refused()
    {
        var current = Server.Get<SigningKeys>().Current;
        var unknown = new SymmetricSecurityKey(RandomNumberGenerator.GetBytes(32)) { KeyId = "unknown" };
        var nameless = new SymmetricSecurityKey(((SymmetricSecurityKey)current.Key).Key);

        Assert.True((await ValidateAsync(Sign(current, AccessTokens.Audience, Soon))).IsValid);
        Assert.False((await ValidateAsync(Sign(current, "other", Soon))).IsValid);
        Assert.False((await ValidateAsync(Sign(current, AccessTokens.Audience, null))).IsValid);
        Assert.False((await ValidateAsync(Sign(new(unknown, SecurityAlgorithms.HmacSha256), AccessTokens.Audience, Soon))).IsValid);
        Assert.False((await ValidateAsync(Sign(new(nameless, SecurityAlgorithms.HmacSha256), AccessTokens.Audience, Soon))).IsValid);
    }

    [Fact]
    public async Task After_a_rotation_the_new_key_signs_and_the_old_one_verifies_until_its_tokens_have_ended()
    {
        var keys = Server.Get<SigningKeys>();
        var old = keys.Current;
        await keys.RotateAsync(default);
        var far = Server.Time.GetUtcNow().UtcDateTime.AddDays(1);

        Assert.NotEqual(old.Kid, keys.Current.Kid);
        Assert.True((await ValidateAsync(Sign(old, AccessTokens.Audience, far))).IsValid);
        Server.Time.Advance(TimeSpan.FromMinutes(15));
        Assert.True((await ValidateAsync(Sign(old, AccessTokens.Audience, far))).IsValid);
        Server.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.False((await ValidateAsync(Sign(old, AccessTokens.Audience, far))).IsValid);
        Assert.True((await ValidateAsync(Sign(keys.Current, AccessTokens.Audience, far))).IsValid);
    }

    [Fact]
    public async Task A_node_reads_a_key_that_it_does_not_know_at_most_once_a_second()
    {
        var here = Server.Get<SigningKeys>();
        using var elsewhere = new SigningKeys(
            Server.Get<KeyStore>(),
            Server.Get<SecretBox>(),
            Server.Get<Microsoft.Extensions.Options.IOptions<IdentityOptions>>(),
            Server.Time,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<SigningKeys>.Instance
        );
        Server.Time.Advance(TimeSpan.FromSeconds(1));
        await elsewhere.RotateAsync(default);
        var token = Sign(elsewhere.Current, AccessTokens.Audience, Soon);

        Assert.True((await ValidateAsync(token)).IsValid);
        Assert.Equal(elsewhere.Current.Kid, here.Current.Kid);

        await elsewhere.RotateAsync(default);
        token = Sign(elsewhere.Current, AccessTokens.Audience, Soon);
        Assert.False((await ValidateAsync(token)).IsValid);
        Server.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.True((await ValidateAsync(token)).IsValid);
    }

    [Fact]
    public async Task Nothing_readable_of_a_signing_key_is_in_the_database()
    {
        var secret = ((SymmetricSecurityKey)Server.Get<SigningKeys>().Current.Key).Key;

        var stored = Assert.Single(await Server.Get<KeyStore>().ReadSigningKeysAsync(default));

        Assert.Equal(-1, stored.Secret.AsSpan().IndexOf(secret));
    }

    [Fact]
    public async Task A_token_in_the_query_counts_on_hub_paths_only()
    {
        var token = await MintAsync();

        Assert.Equal(HttpStatusCode.OK, (await Server.GetAsync($"/hubs/visitor?access_token={token}")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await Server.GetAsync($"/api/v1/mine?access_token={token}")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Server.GetAsync("/api/v1/mine", token)).StatusCode);
    }

    [Fact]
    public async Task Refusals_are_problems_with_a_code()
    {
        var token = await MintAsync();
        var unauthenticated = await Server.GetAsync("/api/v1/mine");
        var forbidden = await Server.GetAsync("/hubs/operator", token);
        var malformed = await Server.Client.PostAsync(
            "/api/v1/visitor/session",
            new StringContent("{", Encoding.UTF8, "application/json"),
            TestContext.Current.CancellationToken
        );

        var large = await Server.Client.PostAsync(
            "/api/v1/visitor/session",
            new StringContent($"{{\"inbox\":\"{new string('x', 40_000)}\"}}", Encoding.UTF8, "application/json"),
            TestContext.Current.CancellationToken
        );

        Assert.Equal((413, "too_large"), await CodeOf(large));
        Assert.Equal((401, "unauthenticated"), await CodeOf(unauthenticated));
        Assert.Equal((403, "forbidden"), await CodeOf(forbidden));
        Assert.Equal((400, "invalid"), await CodeOf(malformed));
        Assert.Equal("Bearer", unauthenticated.Headers.WwwAuthenticate.Single().Scheme);
    }

    [Fact]
    public async Task The_policies_tell_visitors_operators_and_administrators_apart()
    {
        var visitor = await MintAsync();
        var (plain, _) = await Server.AddOperatorAsync();
        var (admin, _) = await Server.AddOperatorAsync(OperatorRole.Admin);
        var directory = Server.Get<IInboxDirectory>();
        var tokens = Server.Get<AccessTokens>();
        var operatorToken = tokens.ForOperator(directory.FindOperator(plain)!).Text;
        var adminToken = tokens.ForOperator(directory.FindOperator(admin)!).Text;

        async Task<string> Allowed(string token)
        {
            var paths = (string[])["/hubs/visitor", "/hubs/operator", "/api/v1/admin"];
            var answers = new List<int>();
            foreach (var path in paths)
                answers.Add((int)(await Server.GetAsync(path, token)).StatusCode);
            return string.Join(' ', answers);
        }

        Assert.Equal("200 403 403", await Allowed(visitor));
        Assert.Equal("403 200 403", await Allowed(operatorToken));
        Assert.Equal("403 200 200", await Allowed(adminToken));
    }

    [Fact]
    public async Task A_token_ends_with_the_sessions_of_its_operator_and_the_next_one_counts_at_once()
    {
        var (id, _) = await Server.AddOperatorAsync();
        var (operators, tokens) = (Server.Get<OperatorStore>(), Server.Get<AccessTokens>());
        var before = tokens.ForOperator((await operators.FindAsync(id, default))!.Profile).Text;
        Assert.Equal(200, (int)(await Server.GetAsync("/hubs/operator", before)).StatusCode);

        // Not announced and not a moment later: what this node has in memory is as old as it can be.
        await operators.ResetPasswordAsync(id, "hash", default);
        var after = tokens.ForOperator((await operators.FindAsync(id, default))!.Profile).Text;

        Assert.Equal(200, (int)(await Server.GetAsync("/hubs/operator", after)).StatusCode);
        Assert.Equal(401, (int)(await Server.GetAsync("/hubs/operator", before)).StatusCode);
    }

    [Fact]
    public async Task A_foreign_page_is_refused_before_the_upgrade()
    {
        var inbox = await Server.AddInboxAsync(native: false, "https://shop.example");
        var visitor = Server.Get<AccessTokens>().ForVisitor(new VisitorId(Guid.NewGuid()), inbox.Id, null).Text;
        var (id, _) = await Server.AddOperatorAsync();
        var staff = Server.Get<AccessTokens>().ForOperator(Server.Get<IInboxDirectory>().FindOperator(id)!).Text;

        async Task<int> Status(string path, string token, string? origin) => (int)(await Server.GetAsync(path, token, origin)).StatusCode;

        Assert.Equal(200, await Status("/hubs/visitor", visitor, "https://shop.example"));
        Assert.Equal(200, await Status("/hubs/visitor", visitor, Server.OwnOrigin));
        Assert.Equal(403, await Status("/hubs/visitor", visitor, "https://evil.test"));
        Assert.Equal(403, await Status("/HUBS/visitor", visitor, "https://evil.test"));
        Assert.Equal(403, await Status("/hubs/visitor", visitor, null));
        Assert.Equal(200, await Status("/hubs/operator", staff, null));
        Assert.Equal(200, await Status("/hubs/operator", staff, Server.OwnOrigin));
        Assert.Equal(403, await Status("/hubs/operator", staff, "https://shop.example"));
    }

    internal static async Task<(int Status, string? Code)> CodeOf(HttpResponseMessage answer)
    {
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        using var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return ((int)answer.StatusCode, problem.RootElement.GetProperty("code").GetString());
    }

    private Task<TokenValidationResult> ValidateAsync(string token) => Server.Get<AccessTokens>().ValidateAsync(token, default);

    private async Task<string> MintAsync()
    {
        var inbox = await Server.AddInboxAsync();
        return Server.Get<AccessTokens>().ForVisitor(new VisitorId(Guid.NewGuid()), inbox.Id, null).Text;
    }

    private static string Sign(SigningCredentials credentials, string audience, DateTime? expires) =>
        Handler.CreateToken(
            new SecurityTokenDescriptor
            {
                Audience = audience,
                Expires = expires,
                Claims = new Dictionary<string, object>(StringComparer.Ordinal) { ["sub"] = Guid.NewGuid().ToString() },
                SigningCredentials = credentials,
            }
        );
}

public sealed class SqliteAccessTokenTests : AccessTokenTests
{
    private protected override Task<Dictionary<string, string?>> CreateDatabaseAsync() => TestDatabase.SqliteAsync();
}

public sealed class PostgresAccessTokenTests : AccessTokenTests
{
    private protected override Task<Dictionary<string, string?>> CreateDatabaseAsync() => TestDatabase.PostgresAsync();
}
