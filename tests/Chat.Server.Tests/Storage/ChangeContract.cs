using Chat.Contracts;
using Chat.Server.Conversations;
using Chat.Server.Storage;

namespace Chat.Server.Tests.Storage;

/// <summary>What every log promises of changes that need the rules.</summary>
public abstract class ChangeContract(LogStore store)
{
    [Fact]
    public async Task Of_two_claims_at_once_one_wins()
    {
        await using var scene = await LogScene.CreateAsync(store);
        await using var other = store.Log.CreateWriter();
        for (var round = 0; round < 20; round++)
        {
            var id = await scene.OpenAsync();

            var results = await Task.WhenAll(
                scene.Writer.ChangeAsync(By(scene.Anna, new TestClaim(), id), CancellationToken.None),
                other.ChangeAsync(By(scene.Bert, new TestClaim(), id), CancellationToken.None)
            );

            var won = Assert.Single(results, r => r.Refusal is null);
            Assert.Equal(ErrorCode.Conflict, Assert.Single(results, r => r.Refusal is not null).Refusal);
            Assert.Equal(2, won.Answer!.Seq);
            var row = await scene.RowAsync(id);
            Assert.Equal(won.Answer.Data!.Assignee, row.Assignee);
            Assert.Equal((2, ConversationStatus.Open), (row.Seq, row.Status));
        }
    }

    [Fact]
    public async Task A_repeated_change_is_answered_with_its_event()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var change = By(scene.Anna, new TestClaim(), await scene.OpenAsync());
        var first = await scene.ChangeAsync(change);

        var repeat = await scene.ChangeAsync(change);

        Assert.True(repeat.Duplicate);
        Assert.Null(repeat.Refusal);
        Assert.Empty(repeat.Events);
        Assert.Equal(first.Answer, repeat.Answer);
        Assert.Equal(scene.Inbox, repeat.InboxId);
    }

    [Fact]
    public async Task Another_change_under_the_same_client_id_is_a_conflict()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var change = By(scene.Anna, new TestTag("vip"), await scene.OpenAsync());
        await scene.ChangeAsync(change);

        var other = await scene.ChangeAsync(change with { Fingerprint = change.Fingerprint + 1 });

        Assert.Equal(ErrorCode.Conflict, other.Refusal);
    }

    [Fact]
    public async Task A_change_under_the_client_id_of_a_message_is_a_conflict()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var id = await scene.OpenAsync();
        var message = LogScene.Message(id, scene.Anna);
        await scene.AppendOneAsync(message);

        var change = await scene.ChangeAsync(By(scene.Anna, new TestClaim(), id) with { ClientId = message.ClientId });

        Assert.Equal(ErrorCode.Conflict, change.Refusal);
    }

    [Fact]
    public async Task A_change_of_no_conversation_is_not_found()
    {
        await using var scene = await LogScene.CreateAsync(store);

        var result = await scene.ChangeAsync(By(scene.Anna, new TestClaim(), new ConversationId(Guid.CreateVersion7())));

        Assert.Equal(ErrorCode.NotFound, result.Refusal);
    }

    [Fact]
    public async Task Nothing_to_change_stores_nothing()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var id = await scene.OpenAsync();
        await scene.ChangeAsync(By(scene.Anna, new TestTag("vip"), id));

        var result = await scene.ChangeAsync(By(scene.Bert, new TestTag("vip"), id));

        Assert.Null(result.Refusal);
        Assert.Null(result.Answer);
        var page = await scene.PageAsync(id);
        Assert.Equal(2, page.Seq);
        Assert.Equal(["vip"], page.Conversation.Tags);
    }

    [Fact]
    public async Task An_edit_gives_the_message_its_text_and_stays_in_the_log()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var id = await scene.OpenAsync();
        await scene.AppendOneAsync(LogScene.Message(id, scene.Visitor, "frist"));

        var result = await scene.ChangeAsync(By(scene.Visitor, new TestPatch(2, "first"), id));

        Assert.Equal(new EventData { Body = "first", TargetSeq = 2 }, result.Answer!.Data);
        Assert.Equal(new EventData { Body = "first", EditedSeq = 3 }, (await scene.EventAsync(id, 2)).Data);
        Assert.Equal(result.Answer, await scene.EventAsync(id, 3));
    }

    [Fact]
    public async Task A_deletion_erases_the_text_everywhere()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var id = await scene.OpenAsync();
        await scene.AppendAsync(LogScene.Message(id, scene.Visitor, "secret"), LogScene.Message(id, scene.Visitor, "other"));
        await scene.ChangeAsync(By(scene.Visitor, new TestPatch(2, "secret too"), id));
        await scene.ChangeAsync(By(scene.Visitor, new TestPatch(3, "other text"), id));

        await scene.ChangeAsync(By(scene.Visitor, new TestPatch(2, null), id));

        var data = (await scene.PageAsync(id)).Events.Select(e => e.Data!).ToList();
        Assert.Equal(new EventData { EditedSeq = 4, DeletedSeq = 6 }, data[1]);
        Assert.Equal(new EventData { Body = "other text", EditedSeq = 5 }, data[2]);
        Assert.Equal(new EventData { TargetSeq = 2, DeletedSeq = 6 }, data[3]);
        Assert.Equal(new EventData { Body = "other text", TargetSeq = 3 }, data[4]);
        Assert.Equal(new EventData { TargetSeq = 2 }, data[5]);
    }

    [Fact]
    public async Task A_repeated_edit_is_answered_as_its_event_stands_now()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var id = await scene.OpenAsync();
        await scene.AppendOneAsync(LogScene.Message(id, scene.Visitor, "text"));
        var edit = By(scene.Visitor, new TestPatch(2, "edited"), id);
        await scene.ChangeAsync(edit);
        await scene.ChangeAsync(By(scene.Visitor, new TestPatch(2, null), id));

        var repeat = await scene.ChangeAsync(edit);

        Assert.Equal(new EventData { TargetSeq = 2, DeletedSeq = 4 }, repeat.Answer!.Data);
    }

    [Fact]
    public async Task The_target_of_a_change_is_the_event_or_nothing()
    {
        await using var scene = await LogScene.CreateAsync(store);

        var result = await scene.ChangeAsync(By(scene.Visitor, new TestPatch(7, "?"), await scene.OpenAsync()));

        Assert.Equal(ErrorCode.NotFound, result.Refusal);
    }

    [Fact]
    public async Task A_message_that_reopens_stores_two_events_in_one_commit()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var id = await scene.OpenAsync();
        await scene.ChangeAsync(By(scene.Anna, new TestStatus(ConversationStatus.Closed), id));
        var reopen = By(scene.Visitor, new TestReopen("one more thing"), id);

        var result = await scene.ChangeAsync(reopen);

        Assert.Equal([(3, EventType.Status), (4, EventType.Message)], result.Events.Select(e => (e.Seq, e.Type)));
        Assert.Equal([null, reopen.ClientId], result.Events.Select(e => e.ClientId));
        Assert.Equal(4, result.Answer!.Seq);
        var page = await scene.PageAsync(id);
        Assert.Equal(result.Events, page.Events.Skip(2));
        Assert.Equal((4, ConversationStatus.Queued), (page.Seq, page.Conversation.Status));
        Assert.Equal(result.Answer.At, (await scene.RowAsync(id)).WaitingSince);
    }

    [Fact]
    public async Task The_unseen_are_messages_and_notes_of_others_after_the_expected_seq()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var id = await scene.OpenAsync();
        await scene.AppendAsync(
            LogScene.Message(id, scene.Visitor, "seen"),
            LogScene.Message(id, scene.Anna, "own"),
            LogScene.Message(id, scene.Visitor, "unseen"),
            LogScene.Message(id, scene.Bert, "colleague's", EventType.Note)
        );
        await scene.ChangeAsync(By(scene.Bert, new TestTag("vip"), id));

        var stale = await scene.ChangeAsync(By(scene.Anna, new TestAnswer("answer"), id) with { ExpectedSeq = 2 });
        var fresh = await scene.ChangeAsync(By(scene.Anna, new TestAnswer("answer"), id) with { ExpectedSeq = 5 });

        Assert.Equal(ErrorCode.StaleView, stale.Refusal);
        Assert.Equal([4, 5], stale.Missing.Select(e => e.Seq));
        Assert.Equal(7, fresh.Answer!.Seq);
    }

    [Fact]
    public async Task A_change_that_throws_leaves_no_trace()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var id = await scene.OpenAsync();
        var two = By(scene.Anna, new TestTwoAnswers(), id);

        await Assert.ThrowsAsync<InvalidOperationException>(() => scene.ChangeAsync(two));

        Assert.Equal(1, (await scene.PageAsync(id)).Seq);
        Assert.Equal(AppendStatus.Appended, (await scene.AppendOneAsync(LogScene.Message(id, scene.Anna))).Status);
    }

    [Fact]
    public async Task A_snooze_is_due_when_its_time_has_come_under_one_client_id()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var until = new DateTimeOffset(2031, 1, 2, 3, 4, 5, TimeSpan.Zero);
        var id = await scene.OpenAsync();
        await scene.ChangeAsync(By(scene.Anna, new TestStatus(ConversationStatus.Snoozed, until), id));

        Assert.DoesNotContain(await DueAsync(scene, until.AddMilliseconds(-1)), d => d.Id == id);
        var due = Assert.Single(await DueAsync(scene, until), d => d.Id == id);
        Assert.Equal(due, Assert.Single(await DueAsync(scene, until.AddDays(1)), d => d.Id == id));
        var row = await scene.RowAsync(id);
        Assert.Equal((ConversationStatus.Snoozed, until), (row.Status, row.SnoozedUntil));

        var wake = By(Actor.System, new TestStatus(ConversationStatus.Queued), id) with { ClientId = due.ClientId };
        await scene.ChangeAsync(wake);
        Assert.True((await scene.ChangeAsync(wake)).Duplicate);
        Assert.DoesNotContain(await DueAsync(scene, until), d => d.Id == id);

        await scene.ChangeAsync(By(scene.Anna, new TestStatus(ConversationStatus.Snoozed, until.AddDays(1)), id));
        Assert.NotEqual(due.ClientId, Assert.Single(await DueAsync(scene, until.AddDays(1)), d => d.Id == id).ClientId);
    }

    private static Task<IReadOnlyList<DueWake>> DueAsync(LogScene scene, DateTimeOffset now) =>
        scene.Log.ReadDueAsync(now, 100, CancellationToken.None);

    private static T By<T>(Actor author, T change, ConversationId id)
        where T : TestChange => change with { ConversationId = id, Author = author };
}

public sealed class PostgresChangeTests(PostgresLogStore store) : ChangeContract(store), IClassFixture<PostgresLogStore>;

public sealed class SqliteChangeTests(SqliteLogStore store) : ChangeContract(store), IClassFixture<SqliteLogStore>;
