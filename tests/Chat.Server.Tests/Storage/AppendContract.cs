using Chat.Contracts;
using Chat.Server.Storage;

namespace Chat.Server.Tests.Storage;

/// <summary>What every log promises of appending.</summary>
public abstract class AppendContract(LogStore store)
{
    [Fact]
    public async Task Seqs_follow_the_head_without_holes_in_the_order_of_the_batch()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var a = await scene.OpenAsync();
        var b = await scene.OpenAsync();

        var results = await scene.AppendAsync(
            LogScene.Message(a, scene.Visitor, "a2"),
            LogScene.Message(b, scene.Visitor, "b2"),
            LogScene.Message(a, scene.Visitor, "a3"),
            LogScene.Message(a, scene.Visitor, "a4"),
            LogScene.Message(b, scene.Visitor, "b3")
        );

        Assert.All(results, r => Assert.Equal((AppendStatus.Appended, scene.Inbox), (r.Status, r.InboxId)));
        Assert.Equal([2, 2, 3, 4, 3], results.Select(r => r.Seq));
        var page = await scene.PageAsync(a);
        Assert.Equal([1, 2, 3, 4], page.Events.Select(e => e.Seq));
        Assert.Equal([null, "a2", "a3", "a4"], page.Events.Select(e => e.Data!.Body));
        Assert.Equal(4, page.Seq);
    }

    [Fact]
    public async Task The_answer_and_the_history_tell_the_same_event()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var id = await scene.OpenAsync();
        var note = LogScene.Message(id, scene.Anna, "Für später 📦", EventType.Note, replyTo: 1);

        var result = await scene.AppendOneAsync(note);

        var expected = new ChatEvent
        {
            ConversationId = id,
            Epoch = result.Epoch,
            Seq = 2,
            Type = EventType.Note,
            Audience = Audience.Staff,
            Actor = scene.Anna,
            At = result.At,
            ClientId = note.ClientId,
            Data = new EventData { Body = note.Body, ReplyTo = 1 },
        };
        Assert.Equal(expected, await scene.EventAsync(id, 2));
        Assert.Equal(0, result.At.Ticks % TimeSpan.TicksPerMillisecond);
    }

    [Fact]
    public async Task An_author_may_have_no_name()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var id = await scene.OpenAsync();
        var nameless = new Actor(ActorKind.Visitor, scene.Visitor.Id);

        await scene.AppendAsync(LogScene.Message(id, nameless), LogScene.Message(id, Actor.System));

        Assert.Equal([scene.Visitor, nameless, Actor.System], (await scene.PageAsync(id)).Events.Select(e => e.Actor));
    }

    [Fact]
    public async Task A_repeat_is_answered_with_the_stored_seq_and_stores_nothing()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var id = await scene.OpenAsync();
        var message = LogScene.Message(id, scene.Visitor);
        var first = await scene.AppendOneAsync(message);

        var results = await scene.AppendAsync(message, LogScene.Message(id, scene.Visitor, "next"));

        Assert.Equal((AppendStatus.Duplicate, first.Seq), (results[0].Status, results[0].Seq));
        Assert.Equal((AppendStatus.Appended, first.Seq + 1), (results[1].Status, results[1].Seq));
        Assert.Equal(3, (await scene.PageAsync(id)).Events.Count);
    }

    [Theory]
    [InlineData("edited")]
    [InlineData(null)]
    public async Task A_repeat_is_recognised_after_an_edit_or_a_deletion(string? body)
    {
        await using var scene = await LogScene.CreateAsync(store);
        var id = await scene.OpenAsync();
        var message = LogScene.Message(id, scene.Visitor, "first text");
        await scene.AppendOneAsync(message);
        await scene.ChangeAsync(new TestPatch(2, body) { ConversationId = id, Author = scene.Visitor });

        var repeat = await scene.AppendOneAsync(message);

        Assert.Equal((AppendStatus.Duplicate, 2), (repeat.Status, repeat.Seq));
        Assert.Equal(3, (await scene.PageAsync(id)).Seq);
    }

    [Fact]
    public async Task Another_content_under_the_same_client_id_is_a_conflict()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var id = await scene.OpenAsync();
        var message = LogScene.Message(id, scene.Visitor, "one");
        await scene.AppendOneAsync(message);

        var other = await scene.AppendOneAsync(LogScene.Message(id, scene.Visitor, "another", clientId: message.ClientId));

        Assert.Equal((AppendStatus.Conflict, 0), (other.Status, other.Seq));
        Assert.Equal(2, (await scene.PageAsync(id)).Seq);
    }

    [Fact]
    public async Task The_same_client_id_in_two_conversations_names_two_messages()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var clientId = Guid.NewGuid();

        var results = await scene.AppendAsync(
            LogScene.Message(await scene.OpenAsync(), scene.Visitor, clientId: clientId),
            LogScene.Message(await scene.OpenAsync(), scene.Visitor, clientId: clientId)
        );

        Assert.All(results, r => Assert.Equal(AppendStatus.Appended, r.Status));
    }

    [Fact]
    public async Task Refused_items_fail_alone_and_burn_no_seq()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var id = await scene.OpenAsync();
        var known = LogScene.Message(id, scene.Visitor, "known");
        await scene.AppendOneAsync(known);

        var results = await scene.AppendAsync(
            LogScene.Message(id, scene.Visitor, "3"),
            LogScene.Message(new ConversationId(Guid.CreateVersion7()), scene.Visitor),
            LogScene.Message(id, scene.Visitor, "reply to nothing", replyTo: 3),
            known,
            LogScene.Message(id, scene.Anna, "reply", replyTo: 2),
            LogScene.Message(id, scene.Visitor, "else", clientId: known.ClientId),
            LogScene.Message(id, scene.Visitor, "reply to zero", replyTo: 0),
            LogScene.Message(id, scene.Visitor, "5")
        );

        Assert.Equal(
            [
                AppendStatus.Appended,
                AppendStatus.NotFound,
                AppendStatus.NeedsRules,
                AppendStatus.Duplicate,
                AppendStatus.Appended,
                AppendStatus.Conflict,
                AppendStatus.NeedsRules,
                AppendStatus.Appended,
            ],
            results.Select(r => r.Status)
        );
        Assert.Equal([3, 0, 0, 2, 4, 0, 0, 5], results.Select(r => r.Seq));
        var page = await scene.PageAsync(id);
        Assert.Equal(Enumerable.Range(1, 5), page.Events.Select(e => e.Seq));
        Assert.Equal(5, page.Seq);
    }

    [Fact]
    public async Task What_is_closed_needs_the_rules_and_a_repeat_of_before_does_not()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var id = await scene.OpenAsync();
        var before = LogScene.Message(id, scene.Visitor);
        await scene.AppendOneAsync(before);
        await SetStatusAsync(scene, id, ConversationStatus.Closed);

        var results = await scene.AppendAsync(before, LogScene.Message(id, scene.Visitor), LogScene.Message(id, scene.Anna));

        Assert.Equal([AppendStatus.Duplicate, AppendStatus.NeedsRules, AppendStatus.NeedsRules], results.Select(r => r.Status));
    }

    [Fact]
    public async Task A_snoozed_conversation_takes_operators_messages_and_not_its_visitors()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var id = await scene.OpenAsync();
        await SetStatusAsync(scene, id, ConversationStatus.Snoozed);

        var results = await scene.AppendAsync(LogScene.Message(id, scene.Anna), LogScene.Message(id, scene.Visitor));

        Assert.Equal([AppendStatus.Appended, AppendStatus.NeedsRules], results.Select(r => r.Status));
    }

    [Fact]
    public async Task An_expected_seq_holds_only_while_it_is_the_head()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var id = await scene.OpenAsync();

        var fresh = await scene.AppendOneAsync(LogScene.Message(id, scene.Anna, expectedSeq: 1));
        var stale = await scene.AppendOneAsync(LogScene.Message(id, scene.Bert, expectedSeq: 1));

        Assert.Equal((AppendStatus.Appended, AppendStatus.NeedsRules), (fresh.Status, stale.Status));
    }

    [Fact]
    public async Task A_visitor_waits_from_his_first_message_to_an_operators_message()
    {
        await using var scene = await LogScene.CreateAsync(store);
        var id = await scene.OpenAsync();
        Assert.Null((await scene.RowAsync(id)).WaitingSince);

        var first = await scene.AppendOneAsync(LogScene.Message(id, scene.Visitor));
        await scene.AppendAsync(LogScene.Message(id, scene.Visitor), LogScene.Message(id, scene.Anna, type: EventType.Note));
        Assert.Equal(first.At, (await scene.RowAsync(id)).WaitingSince);

        await scene.AppendAsync(LogScene.Message(id, scene.Visitor), LogScene.Message(id, scene.Anna));
        Assert.Null((await scene.RowAsync(id)).WaitingSince);

        var results = await scene.AppendAsync(LogScene.Message(id, scene.Anna), LogScene.Message(id, scene.Visitor));
        Assert.Equal(results[1].At, (await scene.RowAsync(id)).WaitingSince);
    }

    [Fact]
    public async Task An_empty_batch_is_no_work()
    {
        await using var scene = await LogScene.CreateAsync(store);

        Assert.Empty(await scene.AppendAsync());
    }

    private static async Task SetStatusAsync(LogScene scene, ConversationId id, ConversationStatus status) =>
        await scene.ChangeAsync(
            new TestStatus(status, status == ConversationStatus.Snoozed ? DateTimeOffset.UnixEpoch.AddYears(100) : null)
            {
                ConversationId = id,
                Author = scene.Anna,
            }
        );
}

public sealed class PostgresAppendTests(PostgresLogStore store) : AppendContract(store), IClassFixture<PostgresLogStore>;

public sealed class SqliteAppendTests(SqliteLogStore store) : AppendContract(store), IClassFixture<SqliteLogStore>;
