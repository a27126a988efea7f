using Chat.Contracts;
using Chat.Server.Identity;
using Chat.Server.Inboxes;
using Chat.Server.Storage;
using Chat.Server.Visitors;

namespace Chat.Server.Tests.Identity;

/// <summary>Visitors whom the host site vouches for.</summary>
public abstract class IdentifiedVisitorTests : HostSiteTest
{
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
    public async Task A_token_says_that_its_visitor_is_identified_also_when_it_is_renewed()
    {
        var inbox = await Server.AddInboxAsync();
        await AddKeyAsync(inbox);
        var device = Guid.NewGuid();

        var anonymous = await Server.VisitAsync(inbox, Guid.NewGuid());
        var identified = await Server.VisitAsync(inbox, device, Sign(inbox, "u1"));
        var renewed = await Server.VisitAsync(inbox, device, refresh: identified.RefreshToken);

        Assert.False(await IsIdentifiedAsync(anonymous));
        Assert.True(await IsIdentifiedAsync(identified));
        Assert.True(await IsIdentifiedAsync(renewed));
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
        Assert.Equal([mine], (await log.FindOwnedAsync(identified.VisitorId, 10, default)).Select(owner => owner.Id));
        Assert.Empty(await log.FindOwnedAsync(anonymous.VisitorId, 10, default));
        Assert.Equal([strangers], (await log.FindOwnedAsync(stranger.VisitorId, 10, default)).Select(owner => owner.Id));
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

        Assert.Empty(await Server.Get<IEventLog>().FindOwnedAsync(second.VisitorId, 10, default));
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

        var ids = (await Server.Get<IEventLog>().FindOwnedAsync(identified.VisitorId, 10, default)).Select(owner => owner.Id);
        Assert.Equivalent(new[] { twin, other }, ids, strict: true);
    }

    private async Task<bool> IsIdentifiedAsync(VisitorSession session)
    {
        var token = await Server.Get<AccessTokens>().ValidateAsync(session.Token, default);
        return Caller.From(new System.Security.Claims.ClaimsPrincipal(token.ClaimsIdentity))!.IsIdentified;
    }

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
        return opened!.Page.Conversation.Id;
    }
}

public sealed class SqliteIdentifiedVisitorTests : IdentifiedVisitorTests
{
    private protected override Task<Dictionary<string, string?>> CreateDatabaseAsync() => TestDatabase.SqliteAsync();
}

public sealed class PostgresIdentifiedVisitorTests : IdentifiedVisitorTests
{
    private protected override Task<Dictionary<string, string?>> CreateDatabaseAsync() => TestDatabase.PostgresAsync();
}
