using Chat.Contracts;
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

        await scene.ChangeAsync(
            new TestStatus(ConversationStatus.Closed) { ConversationId = first!.Page.Conversation.Id, Author = scene.Anna }
        );

        Assert.NotNull(await OpenAsync(other));
        Assert.NotNull(await OpenAsync(scene));
        Assert.Null(await OpenAsync(scene));
    }

    private Task<OpenedConversation?> OpenAsync(LogScene scene, Guid? clientId = null) =>
        store.Log.OpenAsync(scene.NewConversation(clientId) with { OpenLimit = Limit }, None);
}

public sealed class PostgresOpeningTests(PostgresLogStore store) : OpeningContract(store), IClassFixture<PostgresLogStore>;

public sealed class SqliteOpeningTests(SqliteLogStore store) : OpeningContract(store), IClassFixture<SqliteLogStore>;
