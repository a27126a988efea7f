using Chat.Contracts;
using Chat.Server.Conversations;
using Chat.Server.Conversations.Changes;
using Chat.Server.Messages;
using Chat.Server.Storage;

namespace Chat.Server.Tests.Conversations;

/// <summary>Messages, notes, edits, deletions, tags and ratings.</summary>
public sealed class TextChangeTests
{
    private static readonly Actor Anna = Some.As(Some.Anna);
    private static readonly Actor Boris = Some.As(Some.Boris);

    [Theory]
    [InlineData(7, null)]
    [InlineData(7.1, "closed")]
    [InlineData(30, "closed")]
    public void A_visitors_message_reopens_within_the_days_of_the_inbox(double days, string? refusal)
    {
        var state = Some.State(ConversationStatus.Closed, closedAt: Some.Now.AddDays(-days));

        var decision = Message(Some.Visitor).Decide(Some.Locked(state));

        Assert.Equal(refusal, decision.Refusal?.Code);
    }

    [Theory]
    [InlineData(4, null)]
    [InlineData(5, "closed")]
    public void A_visitors_message_reopens_while_they_have_fewer_than_they_may_open(int others, string? refusal)
    {
        var locked = Some.Locked(Some.State(ConversationStatus.Closed)) with { OpenOthers = others };

        Assert.Equal(refusal, Message(Some.Visitor).Decide(locked).Refusal?.Code);
        Assert.Equal("closed", Message(Some.As(Some.Anna)).Decide(locked).Refusal?.Code);
    }

    [Fact]
    public void The_status_event_of_a_wake_up_is_the_visitors_and_comes_first()
    {
        var decision = Message(Some.Visitor).Decide(Some.Locked(Some.State(ConversationStatus.Snoozed, Some.Anna)));

        Assert.Equal([EventType.Status, EventType.Message], decision.Events.Select(e => e.Type));
        Assert.All(decision.Events, e => Assert.Equal(Some.Visitor, e.Actor));
        Assert.Equal(Some.LastSeq + 1, decision.State!.StateSeq);
        Assert.Null(decision.State.SnoozedUntil);
    }

    [Fact]
    public void The_wait_begins_with_the_visitors_first_message_and_ends_with_an_operators()
    {
        var since = Some.Now.AddMinutes(-9);
        var open = Some.State(ConversationStatus.Open, Some.Anna);
        var waiting = open with { WaitingSince = since };

        Assert.Equal(Some.Now, Message(Some.Visitor).Decide(Some.Locked(open)).State!.WaitingSince);
        Assert.Equal(since, Message(Some.Visitor).Decide(Some.Locked(waiting)).State!.WaitingSince);
        Assert.Equal(since, Note(Anna).Decide(Some.Locked(waiting)).State!.WaitingSince);
        Assert.Null(Message(Anna).Decide(Some.Locked(waiting)).State!.WaitingSince);
    }

    [Theory]
    [InlineData(EventType.Message, EventType.Message, null)]
    [InlineData(EventType.Message, EventType.Note, "invalid")]
    [InlineData(EventType.Message, EventType.Status, "invalid")]
    [InlineData(EventType.Message, null, "invalid")]
    [InlineData(EventType.Note, EventType.Message, null)]
    [InlineData(EventType.Note, EventType.Note, null)]
    [InlineData(EventType.Note, EventType.Assigned, "invalid")]
    [InlineData(EventType.Note, null, "invalid")]
    public void An_answer_names_a_message_and_only_a_note_may_name_a_note(EventType type, EventType? target, string? refusal)
    {
        var change = Text(type, Anna) with { ReplyTo = 3 };

        var decision = change.Decide(Some.Open(target is { } t ? Some.Event(t, Boris) : null));

        Assert.Equal(3, change.TargetSeq);
        Assert.Equal(refusal, decision.Refusal?.Code);
    }

    [Fact]
    public void A_stale_view_comes_back_with_what_was_missed()
    {
        var missed = Some.Event(EventType.Message, Some.Visitor, seq: 10);
        var change = Message(Anna) with { ExpectedSeq = 9 };

        var stale = change.Decide(Some.Open() with { Unseen = [missed] });
        var fresh = change.Decide(Some.Open());

        Assert.Equal(ErrorCode.StaleView, stale.Refusal);
        Assert.Equal([missed], stale.Missing);
        Assert.Equal("*Message", Some.Story(fresh));
    }

    [Fact]
    public void A_visitor_writes_no_notes() => Assert.Equal("forbidden", Some.Story(Note(Some.Visitor).Decide(Some.Open())));

    [Fact]
    public void A_repeat_has_one_fingerprint_whichever_way_it_goes()
    {
        var id = Guid.NewGuid();
        var first = Append(EventType.Message, Anna, id);
        var retried = MessageChange.Of(first with { ExpectedSeq = 4, ReplyTo = 2 });

        Assert.Equal(first.Fingerprint, retried.Fingerprint);
        Assert.NotEqual(first.Fingerprint, Append(EventType.Note, Anna, id).Fingerprint);
        Assert.NotEqual(first.Fingerprint, Append(EventType.Message, Boris, id).Fingerprint);
    }

    [Theory]
    [InlineData("visitor", "visitor", EventType.Message, "*Edited", "*Deleted")]
    [InlineData("visitor", "Anna", EventType.Message, "forbidden", "forbidden")]
    [InlineData("visitor", "Anna", EventType.Note, "not_found", "not_found")]
    [InlineData("visitor", "visitor", EventType.Rated, "not_found", "not_found")]
    [InlineData("Anna", "Anna", EventType.Message, "*Edited", "*Deleted")]
    [InlineData("Anna", "Anna", EventType.Note, "*Edited", "*Deleted")]
    [InlineData("Anna", "Boris", EventType.Message, "forbidden", "forbidden")]
    [InlineData("Anna", "Boris", EventType.Note, "forbidden", "forbidden")]
    [InlineData("Anna", "visitor", EventType.Message, "forbidden", "forbidden")]
    [InlineData("supervisor", "Boris", EventType.Note, "forbidden", "*Deleted")]
    [InlineData("supervisor", "visitor", EventType.Message, "forbidden", "*Deleted")]
    [InlineData("supervisor", "Anna", EventType.Status, "not_found", "not_found")]
    public void Own_texts_can_be_edited_and_deleted_and_a_supervisor_deletes_anyones(
        string who,
        string owner,
        EventType type,
        string edited,
        string deleted
    )
    {
        var author = Person(who);
        var conversation = Some.Open(Some.Event(type, Person(owner)));

        var edit = EditChange.Of(Some.Conversation, Guid.Empty, author, 3, "after").Decide(conversation);
        var delete = DeleteChange.Of(Some.Conversation, Guid.Empty, author, 3, anyones: who == "supervisor").Decide(conversation);

        Assert.Equal((edited, deleted), (Some.Story(edit), Some.Story(delete)));
    }

    [Theory]
    [InlineData(EventType.Message, Audience.Public)]
    [InlineData(EventType.Note, Audience.Staff)]
    public void Edits_and_deletions_change_their_target_and_are_for_those_who_see_it(EventType type, Audience audience)
    {
        var conversation = Some.Open(Some.Event(type, Anna));

        var edit = EditChange.Of(Some.Conversation, Guid.Empty, Anna, 3, "after").Decide(conversation);
        var delete = DeleteChange.Of(Some.Conversation, Guid.Empty, Anna, 3, anyones: false).Decide(conversation);

        Assert.Equal(new TargetPatch(3, "after", Some.LastSeq + 1, Deleted: false), edit.Patch);
        Assert.Equal(new TargetPatch(3, null, Some.LastSeq + 1, Deleted: true), delete.Patch);
        Assert.Equal([audience, audience], [edit.Events[0].Audience, delete.Events[0].Audience]);
        Assert.Equal(new EventData { TargetSeq = 3, Body = "after" }, edit.Events[0].Data);
        Assert.Equal(new EventData { TargetSeq = 3 }, delete.Events[0].Data);
    }

    [Fact]
    public void What_is_deleted_can_be_neither_edited_nor_deleted_again()
    {
        var conversation = Some.Open(Some.Event(EventType.Message, Anna, data: new EventData { DeletedSeq = 4 }));

        Assert.Equal("conflict", Some.Story(EditChange.Of(Some.Conversation, Guid.Empty, Anna, 3, "after").Decide(conversation)));
        Assert.Equal("conflict", Some.Story(DeleteChange.Of(Some.Conversation, Guid.Empty, Anna, 3, anyones: true).Decide(conversation)));
    }

    [Fact]
    public void In_a_closed_conversation_messages_can_be_deleted_but_not_edited()
    {
        var closed = Some.Locked(Some.State(ConversationStatus.Closed), Some.Event(EventType.Message, Anna));

        Assert.Equal("closed", Some.Story(EditChange.Of(Some.Conversation, Guid.Empty, Anna, 3, "after").Decide(closed)));
        Assert.Equal("*Deleted", Some.Story(DeleteChange.Of(Some.Conversation, Guid.Empty, Anna, 3, anyones: false).Decide(closed)));
    }

    [Fact]
    public void An_edit_to_the_same_text_changes_nothing() =>
        Assert.Equal(
            "",
            Some.Story(
                EditChange.Of(Some.Conversation, Guid.Empty, Anna, 3, "before").Decide(Some.Open(Some.Event(EventType.Message, Anna)))
            )
        );

    [Theory]
    [InlineData("a b", "", "vip a b", "a b", null)]
    [InlineData("vip", "", null, null, null)]
    [InlineData("vip a a", "", "vip a", "a", null)]
    [InlineData("", "vip x", "", null, "vip")]
    [InlineData("a", "vip", "a", "a", "vip")]
    [InlineData("", "x", null, null, null)]
    public void Tags_change_by_what_is_new_and_what_is_gone(string add, string remove, string? after, string? added, string? removed)
    {
        var state = Some.State(ConversationStatus.Open, Some.Anna) with { Tags = ["vip"] };

        var decision = Tag(add, remove).Decide(Some.Locked(state));

        Assert.Null(decision.Refusal);
        Assert.Equal(after, Joined(decision.State?.Tags));
        Assert.Equal(added, Joined(decision.Events.SingleOrDefault()?.Data.Added));
        Assert.Equal(removed, Joined(decision.Events.SingleOrDefault()?.Data.Removed));
    }

    [Fact]
    public void Too_many_tags_or_one_both_added_and_removed_is_invalid()
    {
        var full = Some.State(ConversationStatus.Open, Some.Anna) with
        {
            Tags = [.. Enumerable.Range(0, Limits.Tags).Select(i => $"t{i}")],
        };

        Assert.Equal("invalid", Some.Story(Tag("more", "").Decide(Some.Locked(full))));
        Assert.Equal("*Tagged", Some.Story(Tag("more", "t0").Decide(Some.Locked(full))));
        Assert.Equal("invalid", Some.Story(Tag("a", "a").Decide(Some.Open())));
    }

    [Theory]
    [InlineData(0, "invalid")]
    [InlineData(1, "*Rated")]
    [InlineData(5, "*Rated")]
    [InlineData(6, "invalid")]
    public void A_rating_is_one_to_five(int score, string story)
    {
        var decision = RateChange.Of(Some.Conversation, Guid.Empty, Some.Visitor, score, "fine").Decide(Some.Open());

        Assert.Equal(story, Some.Story(decision));
        Assert.Equal(decision.Refusal is null ? score : null, decision.State?.Rating);
    }

    internal static MessageChange Message(Actor author) => Text(EventType.Message, author);

    internal static MessageChange Note(Actor author) => Text(EventType.Note, author);

    private static MessageChange Text(EventType type, Actor author) => MessageChange.Of(Append(type, author, Guid.Empty));

    private static MessageAppend Append(EventType type, Actor author, Guid clientId) =>
        new(
            Some.Conversation,
            clientId,
            type,
            author,
            "hello",
            ReplyTo: null,
            ExpectedSeq: null,
            Fingerprint.OfText(Some.Conversation, clientId, author, type, "hello")
        );

    private static TagChange Tag(string add, string remove) => TagChange.Of(Some.Conversation, Guid.Empty, Anna, Split(add), Split(remove));

    private static string[] Split(string words) => words.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static string? Joined(IReadOnlyList<string>? words) => words is null ? null : string.Join(' ', words);

    private static Actor Person(string name) =>
        name switch
        {
            "visitor" => Some.Visitor,
            "Boris" => Boris,
            _ => Anna,
        };
}
