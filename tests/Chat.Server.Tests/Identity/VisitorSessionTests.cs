using System.Security.Cryptography;
using System.Text;
using Chat.Contracts;
using Chat.Server.Identity;
using Chat.Server.Inboxes;
using Chat.Server.Storage;
using Chat.Server.Visitors;
using Dapper;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Chat.Server.Tests.Identity;

public abstract class VisitorSessionTests : IdentityTest
{
    private static readonly byte[] Secret = Encoding.UTF8.GetBytes("a secret of the shop with 32 bytes");

    [Fact]
    public async Task An_anonymous_visitor_gets_a_session_and_writes_no_row()
    {
        var inbox = await Server.AddInboxAsync();
        var device = Guid.NewGuid();

        var first = await Server.VisitAsync(inbox, device);
        var second = await Server.VisitAsync(inbox, device, refresh: first.RefreshToken);

        Assert.Equal(first.VisitorId, second.VisitorId);
        Assert.NotEqual(first.VisitorId, (await Server.VisitAsync(inbox, device)).VisitorId);
        Assert.Equal(0, await CountAsync("visitor"));
        Assert.Equal(0, await CountAsync("refresh_family"));
        Assert.Equal($"Visitor {first.VisitorId}", await (await Server.GetAsync("/hubs/visitor", first.Token)).Content.ReadAsStringAsync());
        Assert.Equal(7, first.VisitorId.Value.Version);
    }

    [Fact]
    public async Task The_previous_refresh_token_works_until_the_new_one_is_first_used()
    {
        var inbox = await Server.AddInboxAsync();
        var device = Guid.NewGuid();
        var first = (await Server.VisitAsync(inbox, device)).RefreshToken;
        var lost = (await Server.VisitAsync(inbox, device, refresh: first)).RefreshToken;
        var second = (await Server.VisitAsync(inbox, device, refresh: first)).RefreshToken;
        var third = (await Server.VisitAsync(inbox, device, refresh: second)).RefreshToken;

        // Two tabs got the same generation: both go on.
        await Server.VisitAsync(inbox, device, refresh: lost);

        // The first one again: it was replaced by one that has been used. Its whole family ends.
        Assert.Equal(401, (int)(await Server.TryVisitAsync(inbox, device, refresh: first)).StatusCode);
        Assert.Equal(401, (int)(await Server.TryVisitAsync(inbox, device, refresh: third)).StatusCode);
    }

    [Fact]
    public async Task A_logout_ends_the_device_for_good_even_when_its_row_is_purged_early()
    {
        var inbox = await Server.AddInboxAsync();
        var device = Guid.NewGuid();
        var first = (await Server.VisitAsync(inbox, device)).RefreshToken;
        Server.Time.Advance(TimeSpan.FromDays(89));
        var second = (await Server.VisitAsync(inbox, device, refresh: first)).RefreshToken;

        Assert.Equal(204, (int)(await Server.PostAsync("/api/v1/visitor/logout", new VisitorLogout(first))).StatusCode);
        Assert.Equal(401, (int)(await Server.TryVisitAsync(inbox, device, refresh: second)).StatusCode);

        // Past the life of the token that was presented, but not of the youngest one.
        Server.Time.Advance(TimeSpan.FromDays(2));
        await Server.Get<RefreshFamilies>().PurgeAsync(default);
        Assert.Equal(401, (int)(await Server.TryVisitAsync(inbox, device, refresh: second)).StatusCode);

        Assert.Equal(1, await CountAsync("refresh_family"));
        Server.Time.Advance(TimeSpan.FromDays(91));
        await Server.Get<RefreshFamilies>().PurgeAsync(default);
        Assert.Equal(0, await CountAsync("refresh_family"));
        Assert.Equal(204, (int)(await Server.PostAsync("/api/v1/visitor/logout", new VisitorLogout("nonsense"))).StatusCode);
    }

    [Fact]
    public async Task A_refresh_token_is_good_for_its_inbox_device_kind_and_time_only()
    {
        var inbox = await Server.AddInboxAsync();
        var other = await Server.AddInboxAsync();
        var device = Guid.NewGuid();
        var token = (await Server.VisitAsync(inbox, device)).RefreshToken;
        var families = Server.Get<RefreshFamilies>();
        var staffs = families.Start(RefreshKind.Operator, Guid.NewGuid(), inbox.Id.Value, device);

        Assert.Equal(401, (int)(await Server.TryVisitAsync(other, device, refresh: token)).StatusCode);
        Assert.Equal(401, (int)(await Server.TryVisitAsync(inbox, Guid.NewGuid(), refresh: token)).StatusCode);
        Assert.Equal(401, (int)(await Server.TryVisitAsync(inbox, device, refresh: staffs)).StatusCode);
        Assert.Equal(401, (int)(await Server.TryVisitAsync(inbox, device, refresh: token + "x")).StatusCode);
        Assert.Equal(200, (int)(await Server.TryVisitAsync(inbox, device, refresh: token)).StatusCode);
        Server.Time.Advance(TimeSpan.FromDays(90) + TimeSpan.FromSeconds(1));
        Assert.Equal(401, (int)(await Server.TryVisitAsync(inbox, device, refresh: token)).StatusCode);
    }

    [Fact]
    public async Task An_identified_visitor_is_the_same_on_every_device()
    {
        var inbox = await Server.AddInboxAsync();
        var other = await Server.AddInboxAsync();
        await AddKeyAsync(inbox);
        await AddKeyAsync(other);

        var phone = await Server.VisitAsync(inbox, identity: Sign(inbox, "u1", name: "Ada"));
        var laptop = await Server.VisitAsync(inbox, identity: Sign(inbox, "u1"));

        Assert.Equal(phone.VisitorId, laptop.VisitorId);
        Assert.Equal("Ada", (await Server.Get<VisitorStore>().FindAsync(phone.VisitorId, default))!.Name);
        Assert.NotEqual(phone.VisitorId, (await Server.VisitAsync(inbox, identity: Sign(inbox, "u2"))).VisitorId);
        Assert.NotEqual(phone.VisitorId, (await Server.VisitAsync(other, identity: Sign(other, "u1"))).VisitorId);
    }

    [Fact]
    public async Task Many_devices_that_identify_at_once_are_one_visitor()
    {
        var inbox = await Server.AddInboxAsync();
        await AddKeyAsync(inbox);
        var identity = Sign(inbox, "u1");

        var sessions = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Server.VisitAsync(inbox, identity: identity)));

        Assert.Single(sessions.Select(session => session.VisitorId).Distinct());
        Assert.Equal(1, await CountAsync("visitor"));
    }

    [Fact]
    public async Task Identifying_moves_the_conversations_of_this_device_and_of_no_other()
    {
        var inbox = await Server.AddInboxAsync();
        await AddKeyAsync(inbox);
        var (here, elsewhere) = (Guid.NewGuid(), Guid.NewGuid());
        var anonymous = await Server.VisitAsync(inbox, here);
        var stranger = await Server.VisitAsync(inbox, elsewhere);
        var mine = await OpenConversationAsync(inbox, anonymous.VisitorId);
        var strangers = await OpenConversationAsync(inbox, stranger.VisitorId);

        var identified = await Server.VisitAsync(inbox, here, Sign(inbox, "u1"), anonymous.RefreshToken);

        var log = Server.Get<IEventLog>();
        Assert.Equal([mine], await log.ReadIdsOfVisitorAsync(identified.VisitorId, 10, default));
        Assert.Empty(await log.ReadIdsOfVisitorAsync(anonymous.VisitorId, 10, default));
        Assert.Equal([strangers], await log.ReadIdsOfVisitorAsync(stranger.VisitorId, 10, default));
        // The anonymous session is spent; the same request again signs in all the same.
        Assert.Equal(401, (int)(await Server.TryVisitAsync(inbox, here, refresh: anonymous.RefreshToken)).StatusCode);
        var again = await Server.VisitAsync(inbox, here, Sign(inbox, "u1"), anonymous.RefreshToken);
        Assert.Equal(identified.VisitorId, again.VisitorId);
    }

    [Fact]
    public async Task Only_a_good_anonymous_session_moves_conversations()
    {
        var inbox = await Server.AddInboxAsync();
        await AddKeyAsync(inbox);
        var (device, other) = (Guid.NewGuid(), Guid.NewGuid());
        var revoked = await Server.VisitAsync(inbox, device);
        await OpenConversationAsync(inbox, revoked.VisitorId);
        await Server.PostAsync("/api/v1/visitor/logout", new VisitorLogout(revoked.RefreshToken));
        var foreign = await Server.VisitAsync(inbox, other);
        await OpenConversationAsync(inbox, foreign.VisitorId);
        var first = await Server.VisitAsync(inbox, device, Sign(inbox, "u1"));
        await OpenConversationAsync(inbox, first.VisitorId);

        // After a logout; from another device; of another identified visitor.
        var second = await Server.VisitAsync(inbox, device, Sign(inbox, "u2"), revoked.RefreshToken);
        await Server.VisitAsync(inbox, device, Sign(inbox, "u2"), foreign.RefreshToken);
        await Server.VisitAsync(inbox, device, Sign(inbox, "u2"), first.RefreshToken);

        Assert.Empty(await Server.Get<IEventLog>().ReadIdsOfVisitorAsync(second.VisitorId, 10, default));
        Assert.Equal(first.VisitorId, (await Server.VisitAsync(inbox, device, refresh: first.RefreshToken)).VisitorId);
    }

    [Fact]
    public async Task A_conversation_that_was_opened_again_under_the_new_name_does_not_stop_the_others_from_moving()
    {
        var inbox = await Server.AddInboxAsync();
        await AddKeyAsync(inbox);
        var (device, repeated) = (Guid.NewGuid(), Guid.NewGuid());
        var anonymous = await Server.VisitAsync(inbox, device);
        var identified = await Server.VisitAsync(inbox, device, Sign(inbox, "u1"));
        await OpenConversationAsync(inbox, anonymous.VisitorId, repeated);
        var twin = await OpenConversationAsync(inbox, identified.VisitorId, repeated);
        var other = await OpenConversationAsync(inbox, anonymous.VisitorId);

        await Server.VisitAsync(inbox, device, Sign(inbox, "u1"), anonymous.RefreshToken);

        var ids = await Server.Get<IEventLog>().ReadIdsOfVisitorAsync(identified.VisitorId, 10, default);
        Assert.Equivalent(new[] { twin, other }, ids, strict: true);
    }

    [Fact]
    public async Task Identity_tokens_that_break_a_rule_are_refused()
    {
        var inbox = await Server.AddInboxAsync();
        await AddKeyAsync(inbox);
        var now = Server.Time.GetUtcNow();
        var bad = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["expired"] = Sign(inbox, "u1", expires: now.AddMinutes(-1)),
            ["lives too long"] = Sign(inbox, "u1", expires: now.AddMinutes(11)),
            ["no end"] = Sign(inbox, "u1", expires: DateTimeOffset.MaxValue),
            ["not yet"] = Sign(inbox, "u1", notBefore: now.AddMinutes(2)),
            ["issued in the future"] = Sign(inbox, "u1", issuedAt: now.AddMinutes(2)),
            ["no subject"] = Sign(inbox, ""),
            ["long subject"] = Sign(inbox, new string('s', 256)),
            ["unknown key"] = Sign(inbox, "u1", kid: "k2"),
            ["no key name"] = Sign(inbox, "u1", kid: null),
            ["other secret"] = Sign(inbox, "u1", secret: RandomNumberGenerator.GetBytes(32)),
            ["other inbox"] = Sign(await Server.AddInboxAsync(), "u1"),
            ["nonsense"] = "nonsense",
        };

        foreach (var (why, token) in bad)
            Assert.True(401 == (int)(await Server.TryVisitAsync(inbox, identity: token)).StatusCode, why);
        Assert.Equal(200, (int)(await Server.TryVisitAsync(inbox, identity: Sign(inbox, "u1"))).StatusCode);
        Assert.Equal(200, (int)(await Server.TryVisitAsync(inbox, identity: Sign(inbox, "u1", expires: now.AddMinutes(10)))).StatusCode);
    }

    [Fact]
    public async Task A_public_key_is_no_secret()
    {
        var inbox = await Server.AddInboxAsync();
        using var rsa = RSA.Create(2048);
        var pem = Encoding.UTF8.GetBytes(rsa.ExportSubjectPublicKeyInfoPem());
        await Server.Get<KeyStore>().AddInboxKeyAsync(new InboxKey(inbox.Id, "k1", SecurityAlgorithms.RsaSha256, pem), default);

        var genuine = Sign(
            inbox,
            "u1",
            credentials: new SigningCredentials(new RsaSecurityKey(rsa) { KeyId = "k1" }, SecurityAlgorithms.RsaSha256)
        );
        var confused = Sign(inbox, "u1", secret: pem);
        var stronger = Sign(
            inbox,
            "u1",
            credentials: new SigningCredentials(new RsaSecurityKey(rsa) { KeyId = "k1" }, SecurityAlgorithms.RsaSha512)
        );

        Assert.Equal(200, (int)(await Server.TryVisitAsync(inbox, identity: genuine)).StatusCode);
        Assert.Equal(401, (int)(await Server.TryVisitAsync(inbox, identity: confused)).StatusCode);
        Assert.Equal(401, (int)(await Server.TryVisitAsync(inbox, identity: stronger)).StatusCode);
    }

    [Fact]
    public async Task Elliptic_keys_work_and_a_key_that_was_removed_does_not()
    {
        var inbox = await Server.AddInboxAsync();
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var pem = Encoding.UTF8.GetBytes(curve.ExportSubjectPublicKeyInfoPem());
        await Server.Get<KeyStore>().AddInboxKeyAsync(new InboxKey(inbox.Id, "k1", SecurityAlgorithms.EcdsaSha256, pem), default);
        var credentials = new SigningCredentials(new ECDsaSecurityKey(curve) { KeyId = "k1" }, SecurityAlgorithms.EcdsaSha256);
        var token = Sign(inbox, "u1", credentials: credentials);

        Assert.Equal(200, (int)(await Server.TryVisitAsync(inbox, identity: token)).StatusCode);
        await Server.Get<KeyStore>().RemoveInboxKeyAsync(inbox.Id, "k1", default);
        Assert.Equal(401, (int)(await Server.TryVisitAsync(inbox, identity: token)).StatusCode);
    }

    [Fact]
    public async Task The_session_endpoint_applies_the_origins_of_the_inbox()
    {
        var inbox = await Server.AddInboxAsync(native: false, "https://shop.example");
        var request = new VisitorSessionRequest(inbox.Key, Guid.NewGuid());

        async Task<int> Status(string? origin) => (int)(await Server.PostAsync("/api/v1/visitor/session", request, origin)).StatusCode;

        Assert.Equal(200, await Status("https://shop.example"));
        Assert.Equal(200, await Status(Server.OwnOrigin));
        Assert.Equal(403, await Status("https://evil.test"));
        Assert.Equal(403, await Status(null));
    }

    [Fact]
    public async Task An_inbox_that_another_process_added_is_found_and_an_invented_one_is_not()
    {
        var inbox = new Inbox
        {
            Id = new InboxId(Guid.CreateVersion7()),
            Key = "fresh",
            Name = "Fresh",
            AllowNativeApps = true,
        };
        await Server.Get<InboxStore>().AddAsync(inbox, default);
        Server.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(200, (int)(await Server.TryVisitAsync(inbox)).StatusCode);
        Assert.Equal((404, "not_found"), await AccessTokenTests.CodeOf(await Server.TryVisitAsync(inbox with { Key = "invented" })));
        Assert.Equal((400, "invalid"), await AccessTokenTests.CodeOf(await Server.TryVisitAsync(inbox, device: Guid.Empty)));
    }

    private Task<bool> AddKeyAsync(Inbox inbox) =>
        Server.Get<KeyStore>().AddInboxKeyAsync(new InboxKey(inbox.Id, "k1", SecurityAlgorithms.HmacSha256, Secret), default);

    private Task<long> CountAsync(string table) =>
        Server.Get<IDatabase>().ReadAsync(connection => connection.ExecuteScalarAsync<long>($"SELECT count(*) FROM {table}"), default);

    private async Task<ConversationId> OpenConversationAsync(Inbox inbox, VisitorId visitor, Guid? clientId = null)
    {
        var opened = await Server
            .Get<IEventLog>()
            .OpenAsync(
                new NewConversation(
                    new ConversationId(Guid.CreateVersion7()),
                    inbox.Id,
                    visitor,
                    null,
                    clientId ?? Guid.NewGuid(),
                    null,
                    null,
                    null,
                    null
                ),
                default
            );
        return opened.Page.Conversation.Id;
    }

    private string Sign(
        Inbox inbox,
        string subject,
        string? name = null,
        string? kid = "k1",
        byte[]? secret = null,
        SigningCredentials? credentials = null,
        DateTimeOffset? expires = null,
        DateTimeOffset? notBefore = null,
        DateTimeOffset? issuedAt = null
    )
    {
        var now = Server.Time.GetUtcNow();
        var claims = new Dictionary<string, object>(StringComparer.Ordinal) { ["sub"] = subject };
        if (name is not null)
            claims["name"] = name;
        var end = expires ?? now.AddMinutes(5);
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(
            new SecurityTokenDescriptor
            {
                Audience = inbox.Key,
                Claims = claims,
                Expires = end == DateTimeOffset.MaxValue ? null : end.UtcDateTime,
                NotBefore = notBefore?.UtcDateTime,
                IssuedAt = (issuedAt ?? now).UtcDateTime,
                SigningCredentials =
                    credentials
                    ?? new SigningCredentials(new SymmetricSecurityKey(secret ?? Secret) { KeyId = kid }, SecurityAlgorithms.HmacSha256),
            }
        );
    }
}

public sealed class SqliteVisitorSessionTests : VisitorSessionTests
{
    private protected override Task<Dictionary<string, string?>> CreateDatabaseAsync() => TestDatabase.SqliteAsync();
}

public sealed class PostgresVisitorSessionTests : VisitorSessionTests
{
    private protected override Task<Dictionary<string, string?>> CreateDatabaseAsync() => TestDatabase.PostgresAsync();
}
