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
    public async Task A_row_shows_the_newest_message_however_much_was_written_after_it()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var appended = await scene.OpenAsync();
        await scene.AppendAsync(LogScene.Message(appended, scene.Visitor), LogScene.Message(appended, scene.Anna, "an answer"));
        var changed = await scene.OpenAsync();
        await scene.AppendOneAsync(LogScene.Message(changed, scene.Visitor));
        await scene.ChangeAsync(new TestReopen("again") { ConversationId = changed, Author = scene.Visitor });
        foreach (var id in (ConversationId[])[appended, changed])
        {
            await scene.FillAsync(id, EventType.Rated, 1_500);
            // Neither is a message.
            await scene.AppendOneAsync(LogScene.Message(id, scene.Bert, "a note", EventType.Note));
            await scene.ChangeAsync(new TestTag("late") { ConversationId = id, Author = scene.Bert });
        }

        Assert.Equal(new LastMessage(3, Side.Operator, "an answer"), (await scene.RowAsync(appended)).LastMessage);
        Assert.Equal(new LastMessage(4, Side.Visitor, "again"), (await scene.RowAsync(changed)).LastMessage);
    }

    /// <summary>Stored by the version before, which did not note it, and read by this one.</summary>
    [Fact]
    public async Task A_newest_message_that_nobody_noted_is_found_near_the_end()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var id = await scene.OpenAsync();
        await scene.FillAsync(id, EventType.Message, 3);
        await scene.FillAsync(id, EventType.Rated, 100);

        Assert.Equal(3, (await scene.RowAsync(id)).LastMessage?.Seq);
    }

    [Fact]
    public async Task A_page_of_what_is_not_closed_has_the_first_of_each_visitor_before_the_second_of_any()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var others = new[] { new VisitorId(Guid.CreateVersion7()), new VisitorId(Guid.CreateVersion7()) };
        var first = await scene.OpenAsync();
        var second = await scene.OpenAsync();
        var third = await scene.OpenAsync();
        var foreign = await scene.OpenAsync(others[0]);
        var last = await scene.OpenAsync(others[1]);

        Assert.Equal([first, foreign, last, second, third], await PagesAsync(Live(scene), _ => Task.CompletedTask));
    }

    [Fact]
    public async Task What_is_closed_is_paged_by_its_end_and_all_together_by_its_beginning()
    {
        await using var scene = await LogScene.CreateAsync(store);
        await using var other = await LogScene.CreateAsync(store);
        var ids = new List<ConversationId>();
        for (var i = 0; i < 8; i++)
            ids.Add(await (i % 3 == 0 ? other : scene).OpenAsync());
        foreach (var i in (int[])[5, 0, 6, 1])
        {
            await CloseAsync(scene, ids[i]);
            await scene.SetTimeAsync(ids[i], "closed_at", TimeSpan.FromMinutes(Array.IndexOf([5, 0, 6, 1], i)));
        }
        var all = new RowQuery([scene.Inbox, other.Inbox], null, null, null, null, 2);

        Assert.Equal([ids[1], ids[6], ids[0], ids[5]], await PagesAsync(all with { Statuses = [ConversationStatus.Closed] }, Nothing));
        Assert.Equal(ids.Order(ById).Reverse(), await PagesAsync(all, Nothing));
    }

    [Fact]
    public async Task A_list_that_is_written_to_while_it_is_read_has_each_conversation_once()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var live = new List<ConversationId>();
        var closed = new List<ConversationId>();
        for (var i = 0; i < 7; i++)
        {
            live.Add(await scene.OpenAsync(new VisitorId(Guid.CreateVersion7())));
            closed.Add(await scene.OpenAsync());
            await CloseAsync(scene, closed[^1]);
        }
        // Whatever has not come yet is written to between two pages, and is the newest of all from then on.
        async Task WriteToAllAsync(IReadOnlyCollection<ConversationId> seen)
        {
            foreach (var id in live.Except(seen))
                await scene.AppendOneAsync(LogScene.Message(id, scene.Anna));
            foreach (var id in closed.Except(seen))
                await scene.ChangeAsync(new TestTag($"tag {seen.Count}") { ConversationId = id, Author = scene.Anna });
        }
        var everything = new RowQuery([scene.Inbox], null, null, null, null, 2);

        Assert.Equal(live.Order(ById), (await PagesAsync(Live(scene), WriteToAllAsync)).Order(ById));
        var ended = everything with { Statuses = [ConversationStatus.Closed] };
        Assert.Equal(closed.Order(ById), (await PagesAsync(ended, WriteToAllAsync)).Order(ById));
        Assert.Equal(live.Concat(closed).Order(ById), (await PagesAsync(everything, WriteToAllAsync)).Order(ById));
    }

    [Fact]
    public async Task Of_one_visitors_many_conversations_no_other_is_pushed_out_and_the_longest_waiting_come_first()
    {
        const int limit = 10;
        await using var scene = await LogScene.CreateAsync(store);
        for (var i = 0; i < limit + 3; i++)
            await scene.OpenAsync();
        var answered = await scene.OpenAsync(new VisitorId(Guid.CreateVersion7()));
        await scene.AppendOneAsync(LogScene.Message(answered, scene.Anna));
        await scene.ChangeAsync(new TestClaim { ConversationId = answered, Author = scene.Bert });
        var early = await scene.OpenAsync(new VisitorId(Guid.CreateVersion7()));
        var late = await scene.OpenAsync(new VisitorId(Guid.CreateVersion7()));
        var mine = await scene.OpenAsync();
        await scene.ChangeAsync(new TestClaim { ConversationId = mine, Author = scene.Anna });
        await scene.SetTimeAsync(late, "waiting_since", TimeSpan.FromHours(-2));
        await scene.SetTimeAsync(early, "waiting_since", TimeSpan.FromHours(-1));

        var rows = await store.Log.ReadWaitingAsync(scene.Inbox, new OperatorId(scene.Anna.Id!.Value), limit, None);

        var ids = rows.Rows.Select(row => row.ConversationId).ToList();
        Assert.True(rows.HasMore);
        Assert.Equal(limit, ids.Count);
        Assert.Equal([mine, late, early], ids.Take(3));
        Assert.Contains(answered, ids);
        Assert.False((await store.Log.ReadWaitingAsync(scene.Inbox, default, 100, None)).HasMore);
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
        Assert.Equal([queued, open], await ListAsync(all with { Statuses = [ConversationStatus.Queued, ConversationStatus.Open] }));
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

    private static Task Nothing(IReadOnlyCollection<ConversationId> seen) => Task.CompletedTask;

    private static RowQuery Live(LogScene scene) =>
        new([scene.Inbox], [ConversationStatus.Queued, ConversationStatus.Open, ConversationStatus.Snoozed], null, null, null, 2);

    /// <summary>All pages, with something done between any two of them.</summary>
    private async Task<List<ConversationId>> PagesAsync(RowQuery query, Func<IReadOnlyCollection<ConversationId>, Task> between)
    {
        var listed = new List<ConversationId>();
        while (true)
        {
            var page = await store.Log.ListAsync(query, None);
            Assert.InRange(page.Rows.Count, 1, query.Limit);
            listed.AddRange(page.Rows.Select(change => change.Row.ConversationId));
            if (page.Next is null)
                return listed;
            query = query with { After = page.Next };
            await between(listed);
        }
    }

    private async Task<IEnumerable<ConversationId>> ListAsync(RowQuery query) =>
        (await store.Log.ListAsync(query, None)).Rows.Select(r => r.Row.ConversationId);

    private static async Task CloseAsync(LogScene scene, ConversationId id) =>
        await scene.ChangeAsync(new TestStatus(ConversationStatus.Closed) { ConversationId = id, Author = scene.Anna });
}

public sealed class PostgresRowTests(PostgresLogStore store) : RowContract(store), IClassFixture<PostgresLogStore>;

public sealed class SqliteRowTests(SqliteLogStore store) : RowContract(store), IClassFixture<SqliteLogStore>;
