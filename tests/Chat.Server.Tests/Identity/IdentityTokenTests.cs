using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using Chat.Contracts;
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
            ["a subject that no text column takes"] = Sign(inbox, "u\01"),
            ["a subject of two lines"] = Sign(inbox, "u\n1"),
            ["a subject that turns"] = Sign(inbox, "u\u202E1"),
            ["a subject that shows nothing"] = Sign(inbox, "\u200B"),
            ["unknown key"] = Sign(inbox, "u1", kid: "k2"),
            ["no key name"] = Sign(inbox, "u1", kid: null),
            ["a key name that no text column takes"] = Sign(inbox, "u1", kid: "k\01"),
            ["other secret"] = Sign(inbox, "u1", secret: RandomNumberGenerator.GetBytes(32)),
            ["other inbox"] = Sign(await Server.AddInboxAsync(), "u1"),
            ["a header that must be understood"] = Sign(inbox, "u1", headers: Demanding("crit")),
            ["a payload that is not encoded"] = Sign(inbox, "u1", headers: Demanding("b64")),
            ["nonsense"] = "nonsense",
        };

        foreach (var (why, token) in bad)
            Assert.True(401 == (int)(await Server.TryVisitAsync(inbox, identity: token)).StatusCode, why);
        Assert.Equal(200, (int)(await Server.TryVisitAsync(inbox, identity: Sign(inbox, "u1"))).StatusCode);
        Assert.Equal(200, (int)(await Server.TryVisitAsync(inbox, identity: Sign(inbox, "u1", expires: now.AddMinutes(10)))).StatusCode);
    }

    [Fact]
    public async Task Whoever_signs_with_a_key_of_the_inbox_is_told_what_is_wrong_and_nobody_else_is()
    {
        var inbox = await Server.AddInboxAsync();
        await AddKeyAsync(inbox);
        var now = Server.Time.GetUtcNow();
        var foreign = RandomNumberGenerator.GetBytes(32);
        (string Claim, string Reason, Func<byte[]?, string> Token)[] bad =
        [
            ("exp", "out_of_range", secret => Sign(inbox, "u1", secret: secret, expires: now.AddMinutes(-1))),
            ("exp", "out_of_range", secret => Sign(inbox, "u1", secret: secret, expires: now.AddMinutes(11))),
            ("exp", "required", secret => Sign(inbox, "u1", secret: secret, expires: DateTimeOffset.MaxValue)),
            ("nbf", "out_of_range", secret => Sign(inbox, "u1", secret: secret, notBefore: now.AddMinutes(2))),
            ("iat", "out_of_range", secret => Sign(inbox, "u1", secret: secret, issuedAt: now.AddMinutes(2))),
            ("sub", "required", secret => Sign(inbox, "", secret: secret)),
            ("sub", "malformed", secret => Sign(inbox, new string('s', 256), secret: secret)),
            ("aud", "unknown", secret => Sign(inbox with { Key = "another" }, "u1", secret: secret)),
        ];

        foreach (var (claim, reason, token) in bad)
        {
            var told = await RefusalAsync(inbox, token(null));
            Assert.Equal([new FieldError($"identityToken.{claim}", reason)], told.Errors ?? []);
            Assert.StartsWith(claim, told.Detail, StringComparison.Ordinal);
            var untold = await RefusalAsync(inbox, token(foreign));
            Assert.Equal((null, null), (untold.Errors, untold.Detail));
        }
        var unknownKey = await RefusalAsync(inbox, Sign(inbox, "u1", kid: "k2", expires: now.AddMinutes(-1)));
        Assert.Equal((null, null), (unknownKey.Errors, unknownKey.Detail));
    }

    [Fact]
    public void A_private_key_is_refused_as_the_key_of_a_host_site()
    {
        using var rsa = RSA.Create(2048);
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        (string Algorithm, string Pem)[] keys =
        [
            ("RS256", rsa.ExportPkcs8PrivateKeyPem()),
            ("RS256", rsa.ExportRSAPrivateKeyPem()),
            ("ES256", curve.ExportPkcs8PrivateKeyPem()),
            ("ES256", curve.ExportECPrivateKeyPem()),
            ("HS256", curve.ExportPkcs8PrivateKeyPem()),
            ("HS256", rsa.ExportSubjectPublicKeyInfoPem()),
        ];

        foreach (var (algorithm, pem) in keys)
        {
            var fault = IdentityTokens.FindFault(algorithm, Encoding.UTF8.GetBytes(pem));
            Assert.Equal(("secret", "not_allowed"), (fault?.Field?.Field, fault?.Field?.Reason));
        }
        Assert.Null(IdentityTokens.FindFault("RS256", Encoding.UTF8.GetBytes(rsa.ExportSubjectPublicKeyInfoPem())));
        Assert.Null(IdentityTokens.FindFault("ES256", Encoding.UTF8.GetBytes(curve.ExportSubjectPublicKeyInfoPem())));
    }

    [Fact]
    public async Task An_app_without_a_page_is_told_that_the_inbox_takes_none()
    {
        var inbox = await Server.AddInboxAsync(native: false, "https://shop.example");
        var request = new VisitorSessionRequest(inbox.Key, Guid.NewGuid());

        var app = await Server.PostAsync("/api/v1/visitor/session", request);
        var page = await Server.PostAsync("/api/v1/visitor/session", request, origin: "https://other.example");

        Assert.Equal([403, 403], new[] { (int)app.StatusCode, (int)page.StatusCode });
        Assert.Contains("allowNativeApps", (await app.Content.ReadFromJsonAsync(ChatJson.Wire.Problem))!.Detail, StringComparison.Ordinal);
        Assert.Contains("origins", (await page.Content.ReadFromJsonAsync(ChatJson.Wire.Problem))!.Detail, StringComparison.Ordinal);
    }

    private async Task<Problem> RefusalAsync(Inbox inbox, string token)
    {
        using var answer = await Server.TryVisitAsync(inbox, identity: token);
        Assert.Equal(401, (int)answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync(ChatJson.Wire.Problem))!;
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
