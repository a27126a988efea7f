using Chat.Contracts;
using Chat.Server.Storage;
using Chat.Server.Storage.Reading;
using Dapper;

namespace Chat.Server.Tests.Storage;

/// <summary>What every log promises of opening, pages, heads, rows and cursors.</summary>
public abstract class ReadContract(LogStore store)
{
    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task A_conversation_opens_once_for_its_client_id()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var clientId = Guid.NewGuid();

        var all = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => store.Log.OpenAsync(scene.NewConversation(clientId), None)));

        var opened = Assert.Single(all, o => !o!.Duplicate)!;
        Assert.All(all, o => Assert.Equal(opened.Page.Conversation.Id, o!.Page.Conversation.Id));
        var first = Assert.Single(opened.Page.Events);
        Assert.Equal(new EventData { Status = ConversationStatus.Queued }, first.Data);
        Assert.Equal((1, EventType.Status, scene.Visitor, clientId), (first.Seq, first.Type, first.Actor, first.ClientId));
        var conversation = opened.Page.Conversation;
        var face = new VisitorFace(scene.VisitorId, "Vera", Identified: false, null, new VisitorDevice("Chrome 141", "Windows"), "en");
        Assert.Equal(face, conversation.Visitor);
        Assert.Equal("17", conversation.Fields!["order"]);
        Assert.Equal((first.At, first.At), (conversation.OpenedAt, conversation.LastAt));
    }

    [Fact]
    public async Task A_notice_comes_right_after_the_first_event_in_the_same_commit()
    {
        await using var scene = await LogScene.CreateAsync(store);

        var opened = await store.Log.OpenAsync(scene.NewConversation() with { Notice = "offline" }, None);

        var id = opened!.Page.Conversation.Id;
        Assert.Equal(2, opened.Page.Seq);
        Assert.Equal([EventType.Status, EventType.System], opened.Page.Events.Select(e => e.Type));
        var notice = opened.Page.Events[1];
        Assert.Equal(("offline", Audience.Public, Actor.System), (notice.Data!.Code, notice.Audience, notice.Actor));
        Assert.Null(notice.ClientId);
        Assert.Equal(3, (await scene.AppendOneAsync(LogScene.Message(id, scene.Visitor))).Seq);
    }

    [Fact]
    public async Task An_event_of_a_type_that_only_a_later_version_knows_keeps_its_place_and_says_nothing()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var id = await scene.OpenAsync();
        await store.Database.WriteAsync(
            transaction =>
                transaction.Connection!.ExecuteAsync(
                    """
                    INSERT INTO event (conversation_id, seq, type, audience, at, actor_kind, body)
                    SELECT id, 2, 99, 0, last_at, 9, 'of tomorrow' FROM conversation WHERE id = @id;
                    UPDATE conversation SET last_seq = 2 WHERE id = @id
                    """,
                    new { id },
                    transaction
                ),
            None
        );

        var later = (await scene.PageAsync(id)).Events[^1];

        Assert.Equal(
            new ChatEvent
            {
                ConversationId = id,
                Epoch = later.Epoch,
                Seq = 2,
                Type = EventType.Skip,
                Audience = Audience.Staff,
            },
            later
        );
        Assert.Equal(later, Projection.ForVisitor(later));
        Assert.Equal(3, (await scene.AppendOneAsync(LogScene.Message(id, scene.Visitor))).Seq);
    }

    [Theory]
    [InlineData("{\"status\":\"parked\"}", 0, 1)]
    [InlineData("{\"added\":7}", 0, 1)]
    [InlineData("[]", 0, 1)]
    [InlineData("{}", 9, 1)]
    [InlineData("{}", 0, 9)]
    public async Task An_event_with_words_that_only_a_later_version_knows_keeps_its_place_and_says_nothing(
        string data,
        int audience,
        int kind
    )
    {
        await using var scene = await LogScene.CreateAsync(store);
        var id = await scene.OpenAsync();
        await store.Database.WriteAsync(
            transaction =>
                transaction.Connection!.ExecuteAsync(
                    $"""
                    INSERT INTO event (conversation_id, seq, type, audience, at, actor_kind, data)
                    SELECT id, 2, 6, @audience, last_at, @kind, {store.Database.Dialect.Json("data")} FROM conversation WHERE id = @id;
                    UPDATE conversation SET last_seq = 2 WHERE id = @id
                    """,
                    new
                    {
                        id,
                        data,
                        audience,
                        kind,
                    },
                    transaction
                ),
            None
        );
        await scene.AppendOneAsync(LogScene.Message(id, scene.Visitor));

        var events = (await scene.PageAsync(id)).Events;

        Assert.Equal([EventType.Status, EventType.Skip, EventType.Message], events.Select(e => e.Type));
        Assert.Equal((2, Audience.Staff, null), (events[1].Seq, events[1].Audience, events[1].Data));
    }

    [Fact]
    public async Task The_queue_has_what_waits_in_the_order_of_opening()
    {
        await using var scene = await LogScene.CreateAsync(store);
        await using var other = await LogScene.CreateAsync(store);
        var first = await scene.OpenAsync();
        var claimed = await scene.OpenAsync();
        await scene.ChangeAsync(new TestClaim { ConversationId = claimed, Author = scene.Anna });
        var foreign = await other.OpenAsync();
        var last = await scene.OpenAsync();
        // Waiting is not writing.
        await scene.AppendOneAsync(LogScene.Message(last, scene.Visitor));

        Assert.Equal([first, last], await store.Log.ReadQueueAsync(scene.Inbox, 10, None));
        Assert.Equal([first], await store.Log.ReadQueueAsync(scene.Inbox, 1, None));
        Assert.Equal([foreign], await store.Log.ReadQueueAsync(other.Inbox, 10, None));
    }

    [Fact]
    public async Task A_cursor_gets_what_came_after_it_page_by_page()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var id = await OpenWithHeadAsync(scene, 7);
        var epoch = await store.Log.ReadEpochAsync(None);

        var first = await ReadPageAsync(id, epoch, 2, 3);
        var second = await ReadPageAsync(id, epoch, 5, 3);
        var third = await ReadPageAsync(id, epoch, 7, 3);

        Assert.Equal(("3,4,5", true, false), Shape(first));
        Assert.Equal(("6,7", false, false), Shape(second));
        Assert.Equal(("", false, false), Shape(third));
        Assert.Equal(7, first.Seq);
    }

    [Theory]
    [InlineData(0, 0, false)]
    [InlineData(1, 0, false)]
    [InlineData(1, 8, true)]
    [InlineData(99, 3, true)]
    public async Task A_cursor_of_nothing_or_of_another_log_gets_the_newest_page(int epochs, int seq, bool reset)
    {
        await using var scene = await LogScene.CreateAsync(store);
        var id = await OpenWithHeadAsync(scene, 7);
        var epoch = epochs == 1 ? await store.Log.ReadEpochAsync(None) : epochs;

        Assert.Equal(("5,6,7", true, reset), Shape(await ReadPageAsync(id, epoch, seq, 3)));
        Assert.Equal(("1,2,3,4,5,6,7", false, reset), Shape(await ReadPageAsync(id, epoch, seq, 7)));
    }

    [Fact]
    public async Task Many_cursors_get_a_page_each_in_their_order_without_the_unknown()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var epoch = await store.Log.ReadEpochAsync(None);
        var cursors = new List<Cursor>();
        for (var i = 0; i < 5; i++)
            cursors.Add(new Cursor(await OpenWithHeadAsync(scene, 3 + i), epoch, 2));
        cursors.Insert(2, new Cursor(new ConversationId(Guid.CreateVersion7()), epoch, 2));

        var pages = await store.Log.ReadPagesAsync(cursors, 10, None);

        cursors.RemoveAt(2);
        Assert.Equal(cursors.Select(c => c.ConversationId), pages.Select(p => p.Conversation.Id));
        Assert.Equal([1, 2, 3, 4, 5], pages.Select(p => p.Events.Count));
        Assert.All(pages, p => Assert.All(p.Events, e => Assert.Equal(p.Conversation.Id, e.ConversationId)));
    }

    /// <summary>Asked at once, and so partly read together: other conversations, the same from elsewhere, limits and owners.</summary>
    [Fact]
    public async Task Many_who_ask_at_once_get_each_his_own()
    {
        await using var scene = await LogScene.CreateAsync(store);
        await using var foreign = await LogScene.CreateAsync(store);
        var epoch = await store.Log.ReadEpochAsync(None);
        var (one, two) = (await OpenWithHeadAsync(scene, 7), await OpenWithHeadAsync(foreign, 4));
        var asks = new List<Task>();
        for (var i = 0; i < 30; i++)
        {
            asks.Add(ExpectAsync(new Cursor(one, epoch, 2), 10, ("3,4,5,6,7", false, false)));
            asks.Add(ExpectAsync(new Cursor(one, epoch, 5), 10, ("6,7", false, false)));
            asks.Add(ExpectAsync(new Cursor(one, epoch, 2), 2, ("3,4", true, false)));
            asks.Add(ExpectAsync(new Cursor(one, epoch, 9), 1, ("7", true, true)));
            asks.Add(ExpectAsync(new Cursor(two, epoch, 4), 10, ("", false, false)));
            asks.Add(ExpectOwnersAsync(scene, 1, one));
            asks.Add(ExpectOwnersAsync(foreign, 5, two));
        }
        await Task.WhenAll(asks);

        async Task ExpectAsync(Cursor cursor, int limit, (string, bool, bool) shape) =>
            Assert.Equal(shape, Shape(await ReadPageAsync(cursor.ConversationId, cursor.Epoch, cursor.Seq, limit)));

        async Task ExpectOwnersAsync(LogScene owner, int limit, ConversationId id)
        {
            var expected = new ConversationOwner(id, owner.Inbox, owner.VisitorId);
            Assert.Equal([expected], await store.Log.FindOwnedAsync(owner.VisitorId, limit, None));
            Assert.Equal([expected], await store.Log.FindOwnersAsync([id, new ConversationId(Guid.CreateVersion7())], default, None));
        }
    }

    [Theory]
    [InlineData(null, null, 3, "5,6,7", true)]
    [InlineData(null, null, 7, "1,2,3,4,5,6,7", false)]
    [InlineData(5, null, 3, "2,3,4", true)]
    [InlineData(4, null, 3, "1,2,3", false)]
    [InlineData(1, null, 3, "", false)]
    [InlineData(99, null, 2, "6,7", true)]
    [InlineData(null, 3, 3, "4,5,6", true)]
    [InlineData(null, 4, 3, "5,6,7", false)]
    [InlineData(null, 7, 3, "", false)]
    [InlineData(null, 99, 3, "", false)]
    [InlineData(6, 2, 10, "3,4,5", false)]
    [InlineData(6, 2, 2, "3,4", true)]
    public async Task History_is_paged_in_both_directions(int? before, int? after, int limit, string seqs, bool hasMore)
    {
        await using var scene = await LogScene.CreateAsync(store);
        var id = await OpenWithHeadAsync(scene, 7);

        var history = await store.Log.ReadHistoryAsync(id, before, after, limit, None);

        Assert.Equal((seqs, hasMore), (string.Join(',', history.Events.Select(e => e.Seq)), history.HasMore));
    }

    [Fact]
    public async Task The_history_of_no_conversation_is_empty()
    {
        var history = await store.Log.ReadHistoryAsync(new ConversationId(Guid.CreateVersion7()), null, null, 10, None);

        Assert.Empty(history.Events);
        Assert.False(history.HasMore);
    }

    [Fact]
    public async Task A_raised_epoch_makes_every_cursor_start_again()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var id = await OpenWithHeadAsync(scene, 3);
        var before = await store.Log.ReadEpochAsync(None);

        var after = await store.Log.RaiseEpochAsync(None);

        // A backup of before would raise its epoch to a smaller one, and never to the same.
        var minutes = (int)(TimeProvider.System.GetUtcNow() - new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)).TotalMinutes;
        Assert.InRange(after, Math.Max(before + 1, minutes - 1), Math.Max(before + 1, minutes + 1));
        var page = await ReadPageAsync(id, before, 3, 10);
        Assert.True(page.Reset);
        Assert.Equal(after, page.Epoch);
        Assert.All(page.Events, e => Assert.Equal(after, e.Epoch));
        Assert.Equal(after, (await scene.AppendOneAsync(LogScene.Message(id, scene.Visitor))).Epoch);
    }

    [Fact]
    public async Task Heads_tell_seq_and_cursors()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var id = await OpenWithHeadAsync(scene, 4);
        await store.Log.MoveCursorsAsync([new CursorMove(id, Side.Visitor, null, 3, 2)], None);

        var heads = await store.Log.ReadHeadsAsync([id, new ConversationId(Guid.CreateVersion7())], None);

        var head = Assert.Single(heads.Heads);
        Assert.Equal((id, scene.Inbox, 4), (head.Id, head.InboxId, head.Seq));
        Assert.Equal([new SideCursor(Side.Visitor, null, 3, 2)], head.Cursors);
        Assert.Equal(await store.Log.ReadEpochAsync(None), heads.Epoch);
    }

    [Fact]
    public async Task Open_heads_are_those_not_closed_of_the_inboxes()
    {
        await using var scene = await LogScene.CreateAsync(store);
        await using var foreign = await LogScene.CreateAsync(store);
        var open = await OpenWithHeadAsync(scene, 3);
        var closed = await scene.OpenAsync();
        await CloseAsync(scene, closed);
        await foreign.OpenAsync();

        var heads = await store.Log.ReadOpenHeadsAsync([scene.Inbox], None);

        Assert.Equal([new OpenHead(scene.Inbox, open, 3)], heads.Heads);
    }

    [Fact]
    public async Task Owners_and_conversations_of_a_visitor_are_found()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var older = await scene.OpenAsync();
        var newer = await scene.OpenAsync();
        await CloseAsync(scene, newer);

        Assert.Equal([newer, older], (await store.Log.FindOwnedAsync(scene.VisitorId, 10, None)).Select(owner => owner.Id));
        Assert.Equal(
            [new ConversationOwner(newer, scene.Inbox, scene.VisitorId)],
            await store.Log.FindOwnedAsync(scene.VisitorId, 1, None)
        );
        Assert.Equal(new ConversationOwner(older, scene.Inbox, scene.VisitorId), await store.Log.FindOwnerAsync(older, None));
        Assert.Null(await store.Log.FindOwnerAsync(new ConversationId(Guid.CreateVersion7()), None));
    }

    [Fact]
    public async Task Cursors_never_go_back_and_never_past_the_head()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var id = await OpenWithHeadAsync(scene, 5);
        var anna = new OperatorId(scene.Anna.Id!.Value);

        Assert.Equal([new CursorMoved(id, Side.Operator, anna, 3, 3)], await MoveAsync(new CursorMove(id, Side.Operator, anna, 0, 3)));
        Assert.Empty(await MoveAsync(new CursorMove(id, Side.Operator, anna, 2, 1)));
        Assert.Equal([new CursorMoved(id, Side.Operator, anna, 4, 3)], await MoveAsync(new CursorMove(id, Side.Operator, anna, 4, 0)));
        Assert.Equal([new CursorMoved(id, Side.Operator, anna, 5, 5)], await MoveAsync(new CursorMove(id, Side.Operator, anna, 0, 99)));
        Assert.Empty(await MoveAsync(new CursorMove(id, Side.Visitor, null, 0, 0)));
        Assert.Empty(await MoveAsync(new CursorMove(new ConversationId(Guid.CreateVersion7()), Side.Visitor, null, 1, 1)));
    }

    [Fact]
    public async Task Many_cursors_move_in_one_call_and_one_may_be_named_twice()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var a = await OpenWithHeadAsync(scene, 5);
        var b = await OpenWithHeadAsync(scene, 5);

        var moved = await MoveAsync(
            new CursorMove(a, Side.Visitor, null, 2, 0),
            new CursorMove(b, Side.Visitor, null, 0, 4),
            new CursorMove(a, Side.Visitor, null, 0, 1)
        );

        Assert.Equivalent(
            new[] { new CursorMoved(a, Side.Visitor, null, 2, 1), new CursorMoved(b, Side.Visitor, null, 4, 4) },
            moved,
            strict: true
        );
    }

    private Task<IReadOnlyList<CursorMoved>> MoveAsync(params CursorMove[] moves) => store.Log.MoveCursorsAsync(moves, None);

    private async Task<ConversationPage> ReadPageAsync(ConversationId id, int epoch, int seq, int limit) =>
        Assert.Single(await store.Log.ReadPagesAsync([new Cursor(id, epoch, seq)], limit, None));

    private static (string Seqs, bool HasMore, bool Reset) Shape(ConversationPage page) =>
        (string.Join(',', page.Events.Select(e => e.Seq)), page.HasMore, page.Reset);

    private static async Task<ConversationId> OpenWithHeadAsync(LogScene scene, int head)
    {
        var id = await scene.OpenAsync();
        await scene.AppendAsync([.. Enumerable.Range(2, head - 1).Select(i => LogScene.Message(id, scene.Visitor, $"{i}"))]);
        return id;
    }

    private static async Task CloseAsync(LogScene scene, ConversationId id) =>
        await scene.ChangeAsync(new TestStatus(ConversationStatus.Closed) { ConversationId = id, Author = scene.Anna });
}

public sealed class PostgresReadTests(PostgresLogStore store) : ReadContract(store), IClassFixture<PostgresLogStore>;

public sealed class SqliteReadTests(SqliteLogStore store) : ReadContract(store), IClassFixture<SqliteLogStore>;
