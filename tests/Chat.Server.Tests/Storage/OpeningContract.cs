using Chat.Contracts;
using Chat.Server.Conversations;
using Chat.Server.Conversations.Changes;
using Chat.Server.Identity;
using Chat.Server.Storage;

namespace Chat.Server.Tests.Storage;

/// <summary>What every log promises of how many conversations one visitor opens.</summary>
public abstract class OpeningContract(LogStore store)
{
    private const int Limit = 5;

    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task Of_many_openings_at_once_as_many_are_stored_as_the_visitor_may_have()
    {
        await using var scene = await LogScene.CreateAsync(store);

        // Nobody knows the visitor before: their row, which is the lock, is made by one of them.
        var all = await Task.WhenAll(Enumerable.Range(0, 24).Select(_ => OpenAsync(scene)));

        Assert.Equal(Limit, all.Count(opened => opened is not null));
        Assert.Equal(Limit, (await store.Log.FindOwnedAsync(scene.VisitorId, 100, None)).Count);
    }

    [Fact]
    public async Task A_repeated_client_id_gives_its_conversation_also_where_there_is_room_for_no_more()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var clientId = Guid.NewGuid();
        var first = await OpenAsync(scene, clientId);
        for (var i = 1; i < Limit; i++)
            Assert.NotNull(await OpenAsync(scene));

        var again = await OpenAsync(scene, clientId);

        Assert.Null(await OpenAsync(scene));
        Assert.True(again!.Duplicate);
        Assert.Equal(first!.Page.Conversation.Id, again.Page.Conversation.Id);
    }

    [Fact]
    public async Task A_closed_conversation_makes_room_and_other_visitors_have_their_own()
    {
        await using var scene = await LogScene.CreateAsync(store);
        await using var other = await LogScene.CreateAsync(store);
        var first = await OpenAsync(scene);
        for (var i = 1; i < Limit; i++)
            await OpenAsync(scene);
        Assert.Null(await OpenAsync(scene));

        await CloseAsync(scene, first!.Page.Conversation.Id);

        Assert.NotNull(await OpenAsync(other));
        Assert.NotNull(await OpenAsync(scene));
        Assert.Null(await OpenAsync(scene));
    }

    [Fact]
    public async Task What_a_message_reopens_counts_like_what_is_opened()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var ids = new List<ConversationId>();
        for (var i = 0; i < Limit; i++)
            ids.Add((await OpenAsync(scene))!.Page.Conversation.Id);
        await CloseAsync(scene, ids[0]);
        await OpenAsync(scene);

        var refused = await WriteAsync(scene, ids[0]);
        await CloseAsync(scene, ids[1]);
        var reopened = await WriteAsync(scene, ids[0]);

        Assert.Equal((ErrorCode.Closed, null), (refused.Refusal, reopened.Refusal));
        Assert.Null(await OpenAsync(scene));
        Assert.Equal(ErrorCode.Closed, (await WriteAsync(scene, ids[1])).Refusal);
    }

    [Fact]
    public async Task A_visitors_third_conversation_that_is_not_closed_is_the_third_in_lists_also_when_it_was_reopened()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var first = await scene.OpenAsync();
        await CloseAsync(scene, first);
        var second = await scene.OpenAsync();
        var third = await scene.OpenAsync();
        var foreign = await scene.OpenAsync(new VisitorId(Guid.CreateVersion7()));

        await WriteAsync(scene, first);

        var page = await store.Log.ListAsync(new RowQuery([scene.Inbox], [ConversationStatus.Queued], null, null, null, 10), None);
        Assert.Equal([second, foreign, third, first], page.Rows.Select(change => change.Row.ConversationId));
    }

    [Fact]
    public async Task What_an_anonymous_visitor_opens_after_they_were_identified_is_not_stored_where_nobody_sees_it()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var kept = Guid.NewGuid();
        await OpenAsync(scene, kept);
        var (visitors, token) = (new IdentityScene(store), IdentityScene.Anonymous(scene));

        var id = await visitors.IdentifyAsync(scene, token);

        // A retry of what was stored before finds nothing under the old name, and is made again under the new one.
        foreach (var clientId in (Guid[])[kept, Guid.NewGuid()])
            await Assert.ThrowsAsync<StoreUnavailableException>(() => OpenAsync(scene, clientId));
        Assert.Empty(await store.Log.FindOwnedAsync(scene.VisitorId, 100, None));
        var opened = await store.Log.OpenAsync(scene.NewConversation(kept) with { VisitorId = id, OpenLimit = Limit }, None);
        Assert.True(opened!.Duplicate);
    }

    [Fact]
    public async Task An_identification_that_was_not_told_is_told_by_whoever_makes_it_again()
    {
        await using var scene = await LogScene.CreateAsync(store);
        await OpenAsync(scene);
        var (dead, alive) = (new IdentityScene(store), new IdentityScene(store));
        var token = IdentityScene.Anonymous(scene);

        var id = await dead.IdentifyAsync(scene, token);
        var again = await alive.IdentifyAsync(scene, token);
        await alive.IdentifyAsync(scene, token);

        Assert.Equal(id, again);
        Assert.Equal(DisconnectReason.AccessChanged, alive.Ends.WhyEnded(token.Family));
        Assert.Equal((1, 1), (dead.Told, alive.Told));
    }

    private static Task<ChangeResult> CloseAsync(LogScene scene, ConversationId id) =>
        scene.ChangeAsync(new TestStatus(ConversationStatus.Closed) { ConversationId = id, Author = scene.Anna });

    private static Task<ChangeResult> WriteAsync(LogScene scene, ConversationId id) =>
        scene.ChangeAsync(MessageChange.Of(LogScene.Message(id, scene.Visitor)));

    private Task<OpenedConversation?> OpenAsync(LogScene scene, Guid? clientId = null) =>
        store.Log.OpenAsync(scene.NewConversation(clientId) with { OpenLimit = Limit }, None);
}

public sealed class PostgresOpeningTests(PostgresLogStore store) : OpeningContract(store), IClassFixture<PostgresLogStore>;

public sealed class SqliteOpeningTests(SqliteLogStore store) : OpeningContract(store), IClassFixture<SqliteLogStore>;
