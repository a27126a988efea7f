using Chat.Contracts;
using Chat.Server.Conversations.Changes;
using Chat.Server.Inboxes;
using Chat.Server.Operators;
using Chat.Server.Storage;
using Chat.Server.Tests.Identity;
using Dapper;

namespace Chat.Server.Tests.Operators;

/// <summary>Availability, load, and teams that go.</summary>
public abstract class AvailabilityStoreTests : IdentityTest
{
    private AvailabilityStore Store => Server.Get<AvailabilityStore>();

    [Fact]
    public async Task A_new_operator_takes_conversations_and_sets_availability_and_capacity_together_or_alone()
    {
        var (olga, _) = await Server.AddOperatorAsync();

        Assert.Equal((Availability.Online, 5), Values(Assert.Single(await Store.ReadAsync([olga.Value, Guid.NewGuid()], default))));
        Assert.Equal((Availability.Online, 3), Values((await Store.SetAsync(olga, Availability.Online, 3, default))!));
        Assert.Equal((Availability.Away, 3), Values((await Store.SetAsync(olga, Availability.Away, null, default))!));
        Assert.Equal((Availability.Away, 3), Values(Assert.Single(await Store.ReadAsync([olga.Value], default))));
        Assert.Null(await Store.SetAsync(new OperatorId(Guid.NewGuid()), Availability.Away, null, default));
        Assert.Empty(await Store.ReadAsync([], default));
    }

    [Fact]
    public async Task Load_is_what_is_open_in_these_inboxes()
    {
        var (shop, bank) = (await Server.AddInboxAsync(), await Server.AddInboxAsync());
        var (olga, _) = await Server.AddOperatorAsync(inboxes: [shop.Id, bank.Id]);
        var claimed = await OpenAsync(shop);
        await ClaimAsync(claimed, olga);
        await ClaimAsync(await OpenAsync(bank), olga);
        var closed = await OpenAsync(shop);
        await ClaimAsync(closed, olga);
        await ChangeAsync(CloseChange.Of(closed, Guid.NewGuid(), Actor.System));
        var queued = await OpenAsync(shop);

        Assert.Equal(1, (await Store.ReadLoadAsync([shop.Id], default))[olga]);
        Assert.Equal(2, (await Store.ReadLoadAsync([shop.Id, bank.Id], default))[olga]);
        Assert.Empty(await Store.ReadLoadAsync([], default));
        Assert.Equal([claimed], await Store.ReadAssignedAsync(olga, [shop.Id], default));
        Assert.Equal(
            [(claimed, new OperatorFace(olga, "Olga"))],
            await Store.ReadAssigneesAsync([claimed, queued, new ConversationId(Guid.NewGuid())], default)
        );
    }

    [Fact]
    public async Task A_team_goes_when_it_has_nothing_to_do()
    {
        var shop = await Server.AddInboxAsync();
        var (olga, _) = await Server.AddOperatorAsync(inboxes: shop.Id);
        var teams = Server.Get<TeamStore>();
        var team = new Team(new TeamId(Guid.CreateVersion7()), "Night", new HashSet<InboxId> { shop.Id }, new HashSet<OperatorId> { olga });
        await teams.AddAsync(team, default);
        var id = await OpenAsync(shop);
        var author = new Actor(ActorKind.Operator, olga.Value, "Olga");
        await ChangeAsync(AssignChange.Of(id, Guid.NewGuid(), author, null, team.Face, null, true));

        Assert.Equal(TeamRemoval.Busy, await teams.RemoveAsync(team.Id, default));
        await ChangeAsync(CloseChange.Of(id, Guid.NewGuid(), Actor.System));
        Assert.Equal(TeamRemoval.Done, await teams.RemoveAsync(team.Id, default));

        Assert.Equal(TeamRemoval.Unknown, await teams.RemoveAsync(team.Id, default));
        var page = Assert.Single(await Log.ReadPagesAsync([new Cursor(id, 0, 0)], 100, default));
        Assert.Null(page.Conversation.Team);
        Assert.Equal("Night", page.Events.Single(e => e.Type == EventType.Assigned).Data!.Team!.Name);
    }

    [Fact]
    public async Task A_team_that_is_given_a_conversation_in_this_moment_stays()
    {
        var shop = await Server.AddInboxAsync();
        var teams = Server.Get<TeamStore>();
        var team = new Team(new TeamId(Guid.CreateVersion7()), "Night", new HashSet<InboxId> { shop.Id }, new HashSet<OperatorId>());
        await teams.AddAsync(team, default);
        var row = new { id = (await OpenAsync(shop)).Value, team = team.Id.Value };
        var (given, commit) = (new TaskCompletionSource(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var giving = Server
            .Get<IDatabase>()
            .WriteAsync(
                async transaction =>
                {
                    var sql = "UPDATE conversation SET team_id = @team WHERE id = @id";
                    var changed = await transaction.Connection!.ExecuteAsync(sql, row, transaction);
                    given.SetResult();
                    await commit.Task;
                    return changed;
                },
                default
            );
        await given.Task;

        var removing = teams.RemoveAsync(team.Id, default);
        await UntilItWaitsAsync(removing);
        commit.SetResult();

        Assert.Equal(TeamRemoval.Busy, await removing);
        Assert.Equal(1, await giving);
        Assert.Equal(team.Id, Assert.Single(await teams.ListAsync(default)).Id);
    }

    private IEventLog Log => Server.Get<IEventLog>();

    private static (Availability, int) Values(AvailabilityRow row) => (row.Availability, row.Capacity);

    private async Task<ConversationId> OpenAsync(Inbox inbox)
    {
        var opening = new NewConversation(
            new ConversationId(Guid.CreateVersion7()),
            inbox.Id,
            new VisitorId(Guid.CreateVersion7()),
            null,
            Guid.NewGuid(),
            null,
            null,
            null,
            null
        );
        return (await Log.OpenAsync(opening, default))!.Page.Conversation.Id;
    }

    private Task ClaimAsync(ConversationId id, OperatorId by) =>
        ChangeAsync(ClaimChange.Of(id, Guid.NewGuid(), new Actor(ActorKind.Operator, by.Value, "Olga"), new OperatorFace(by, "Olga")));

    private async Task ChangeAsync(Chat.Server.Conversations.ConversationChange change)
    {
        await using var writer = Log.CreateWriter();
        Assert.NotEmpty((await writer.ChangeAsync(change, default)).Events);
    }
}

public sealed class SqliteAvailabilityStoreTests : AvailabilityStoreTests
{
    private protected override Task<Dictionary<string, string?>> CreateDatabaseAsync() => TestDatabase.SqliteAsync();
}

public sealed class PostgresAvailabilityStoreTests : AvailabilityStoreTests
{
    private protected override Task<Dictionary<string, string?>> CreateDatabaseAsync() => TestDatabase.PostgresAsync();
}
