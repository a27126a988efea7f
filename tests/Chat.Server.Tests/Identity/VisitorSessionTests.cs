using Chat.Contracts;
using Chat.Server.Identity;
using Chat.Server.Inboxes;

namespace Chat.Server.Tests.Identity;

/// <summary>Sessions of devices: started, continued, ended.</summary>
public abstract class VisitorSessionTests : IdentityTest
{
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
}

public sealed class SqliteVisitorSessionTests : VisitorSessionTests
{
    private protected override Task<Dictionary<string, string?>> CreateDatabaseAsync() => TestDatabase.SqliteAsync();
}

public sealed class PostgresVisitorSessionTests : VisitorSessionTests
{
    private protected override Task<Dictionary<string, string?>> CreateDatabaseAsync() => TestDatabase.PostgresAsync();
}
