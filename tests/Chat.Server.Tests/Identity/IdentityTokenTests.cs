using System.Security.Cryptography;
using System.Text;
using Chat.Server.Identity;
using Chat.Server.Inboxes;
using Microsoft.IdentityModel.Tokens;

namespace Chat.Server.Tests.Identity;

/// <summary>Which words of a host site are believed.</summary>
public abstract class IdentityTokenTests : HostSiteTest
{
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
            ["a key name that no text column takes"] = Sign(inbox, "u1", kid: "k\01"),
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
}

public sealed class SqliteIdentityTokenTests : IdentityTokenTests
{
    private protected override Task<Dictionary<string, string?>> CreateDatabaseAsync() => TestDatabase.SqliteAsync();
}

public sealed class PostgresIdentityTokenTests : IdentityTokenTests
{
    private protected override Task<Dictionary<string, string?>> CreateDatabaseAsync() => TestDatabase.PostgresAsync();
}
