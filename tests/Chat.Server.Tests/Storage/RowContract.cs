using Chat.Contracts;
using Chat.Server.Storage;

namespace Chat.Server.Tests.Storage;

/// <summary>What every log promises of operators' lists.</summary>
public abstract class RowContract(LogStore store)
{
    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task A_row_shows_the_newest_message_and_who_has_the_conversation()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var id = await scene.OpenAsync();
        await scene.AppendAsync(
            LogScene.Message(id, scene.Visitor, "older"),
            LogScene.Message(id, scene.Anna, new string('x', Limits.RowTextLength - 1) + "📦 and more"),
            LogScene.Message(id, scene.Bert, "a note is no message", EventType.Note)
        );
        await scene.ChangeAsync(new TestClaim { ConversationId = id, Author = scene.Bert });

        var change = Assert.Single(await store.Log.ReadRowsAsync([id], None));

        Assert.Equal(scene.Inbox, change.InboxId);
        var row = change.Row;
        Assert.Equal(new LastMessage(3, Side.Operator, new string('x', Limits.RowTextLength - 1)), row.LastMessage);
        Assert.Equal(new OperatorFace(new OperatorId(scene.Bert.Id!.Value), "Bert"), row.Assignee);
        Assert.Equal((id, 5, ConversationStatus.Open), (row.ConversationId, row.Seq, row.Status));
        Assert.Equal(("Where is my parcel?", "Vera"), (row.Topic, row.Visitor.Name));
    }

    [Fact]
    public async Task An_erased_newest_message_has_no_text_and_none_at_all_is_none()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var silent = await scene.OpenAsync();
        var erased = await scene.OpenAsync();
        await scene.AppendOneAsync(LogScene.Message(erased, scene.Visitor));
        await scene.ChangeAsync(new TestPatch(2, null) { ConversationId = erased, Author = scene.Visitor });

        Assert.Null((await scene.RowAsync(silent)).LastMessage);
        Assert.Equal(new LastMessage(2, Side.Visitor, null), (await scene.RowAsync(erased)).LastMessage);
    }

    [Fact]
    public async Task A_list_is_paged_by_newest_activity_over_live_and_closed()
    {
        await using var scene = await LogScene.CreateAsync(store);
        await using var other = await LogScene.CreateAsync(store);
        var ids = new List<ConversationId>();
        for (var i = 0; i < 9; i++)
        {
            ids.Add(await (i % 3 == 0 ? other : scene).OpenAsync());
            if (i % 2 == 0)
                await CloseAsync(scene, ids[i]);
        }
        // A closed one that is written to again later moves up.
        await scene.ChangeAsync(new TestTag("late") { ConversationId = ids[2], Author = scene.Anna });
        var query = new RowQuery([scene.Inbox, other.Inbox], null, null, null, null, 4);

        var listed = new List<InboxRow>();
        for (var hasMore = true; hasMore; )
        {
            var page = await store.Log.ListAsync(query, None);
            Assert.InRange(page.Rows.Count, 1, 4);
            listed.AddRange(page.Rows.Select(r => r.Row));
            query = query with { Before = (listed[^1].LastAt, listed[^1].ConversationId) };
            hasMore = page.HasMore;
        }

        Assert.Equal(ids.Order(ById), listed.Select(r => r.ConversationId).Order(ById));
        Assert.Equal(listed.Max(r => r.LastAt), listed.Single(r => r.ConversationId == ids[2]).LastAt);
        var expected = listed.OrderByDescending(r => r.LastAt).ThenByDescending(r => r.ConversationId, ById);
        Assert.Equal(expected.Select(r => r.ConversationId), listed.Select(r => r.ConversationId));
    }

    [Fact]
    public async Task A_list_holds_to_all_its_filters()
    {
        await using var scene = await LogScene.CreateAsync(store);
        await using var foreign = await LogScene.CreateAsync(store);
        var queued = await scene.OpenAsync();
        var open = await scene.OpenAsync();
        await scene.ChangeAsync(new TestClaim { ConversationId = open, Author = scene.Anna });
        var closed = await scene.OpenAsync();
        await CloseAsync(scene, closed);
        await foreign.OpenAsync();
        var all = new RowQuery([scene.Inbox], null, null, null, null, 10);
        var anna = new OperatorId(scene.Anna.Id!.Value);

        Assert.Equal([closed, open, queued], await ListAsync(all));
        Assert.Equal([queued], await ListAsync(all with { Statuses = [ConversationStatus.Queued] }));
        Assert.Equal([closed, queued], await ListAsync(all with { Statuses = [ConversationStatus.Queued, ConversationStatus.Closed] }));
        Assert.Equal([closed], await ListAsync(all with { Statuses = [ConversationStatus.Closed] }));
        Assert.Equal([open], await ListAsync(all with { Assignee = anna }));
        Assert.Equal([closed, open, queued], await ListAsync(all with { Visitor = scene.VisitorId }));
        Assert.Empty(await ListAsync(all with { Visitor = foreign.VisitorId }));
        Assert.Empty(await ListAsync(all with { Statuses = [] }));
    }

    private static readonly Comparer<ConversationId> ById = Comparer<ConversationId>.Create(
        (a, b) => string.CompareOrdinal(a.ToString(), b.ToString())
    );

    private async Task<IEnumerable<ConversationId>> ListAsync(RowQuery query) =>
        (await store.Log.ListAsync(query, None)).Rows.Select(r => r.Row.ConversationId);

    private static async Task CloseAsync(LogScene scene, ConversationId id) =>
        await scene.ChangeAsync(new TestStatus(ConversationStatus.Closed) { ConversationId = id, Author = scene.Anna });
}

public sealed class PostgresRowTests(PostgresLogStore store) : RowContract(store), IClassFixture<PostgresLogStore>;

public sealed class SqliteRowTests(SqliteLogStore store) : RowContract(store), IClassFixture<SqliteLogStore>;
