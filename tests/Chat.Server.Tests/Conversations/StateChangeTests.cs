using Chat.Contracts;
using Chat.Server.Conversations;
using Chat.Server.Conversations.Changes;

namespace Chat.Server.Tests.Conversations;

/// <summary>Claim, assign, transfer, status, wake and close, from every state.</summary>
public sealed class StateChangeTests
{
    private static readonly Dictionary<string, ConversationState> States = new()
    {
        ["queued"] = Some.State(ConversationStatus.Queued),
        ["team's"] = Some.State(ConversationStatus.Queued, team: Some.Team),
        ["Anna's"] = Some.State(ConversationStatus.Open, Some.Anna),
        ["Boris's"] = Some.State(ConversationStatus.Open, Some.Boris),
        ["snoozed"] = Some.State(ConversationStatus.Snoozed),
        ["Anna's snoozed"] = Some.State(ConversationStatus.Snoozed, Some.Anna),
        ["Boris's snoozed"] = Some.State(ConversationStatus.Snoozed, Some.Boris),
        ["closed"] = Some.State(ConversationStatus.Closed),
        ["Anna's closed"] = Some.State(ConversationStatus.Closed, Some.Anna),
    };

    private static readonly Dictionary<string, Func<ConversationChange>> Changes = new()
    {
        ["Anna claims"] = () => ClaimChange.Of(Some.Conversation, Guid.Empty, Some.As(Some.Anna), Some.Anna),
        ["Anna gives it to herself"] = () => Assign(Some.Anna, null),
        ["Anna gives it to Boris"] = () => Assign(Some.Boris, null),
        ["Anna gives it to the team"] = () => Assign(null, Some.Team),
        ["Anna gives it up"] = () => Assign(null, null),
        ["a supervisor gives it to Anna"] = () => Assign(Some.Anna, null, supervisor: true),
        ["Anna transfers it to Boris"] = () => Assign(Some.Boris, null, text: "please"),
        ["Anna opens"] = () => SetStatus(ConversationStatus.Open),
        ["Anna requeues"] = () => SetStatus(ConversationStatus.Queued),
        ["Anna snoozes"] = () => SetStatus(ConversationStatus.Snoozed, Some.Now.AddDays(1)),
        ["Anna closes"] = () => SetStatus(ConversationStatus.Closed),
        ["the visitor closes"] = () => CloseChange.Of(Some.Conversation, Guid.Empty, Some.Visitor),
        ["the visitor writes"] = () => TextChangeTests.Message(Some.Visitor),
        ["Anna writes"] = () => TextChangeTests.Message(Some.As(Some.Anna)),
        ["Anna notes"] = () => TextChangeTests.Note(Some.As(Some.Anna)),
    };

    [Theory]
    [InlineData("Anna claims", "queued", "*to Anna, Queued>Open")]
    [InlineData("Anna claims", "team's", "*to Anna, Queued>Open")]
    [InlineData("Anna claims", "Anna's", "")]
    [InlineData("Anna claims", "Boris's", "conflict")]
    [InlineData("Anna claims", "snoozed", "*to Anna, Snoozed>Open")]
    [InlineData("Anna claims", "Anna's snoozed", "")]
    [InlineData("Anna claims", "closed", "closed")]
    [InlineData("Anna gives it to herself", "queued", "*to Anna, Queued>Open")]
    [InlineData("Anna gives it to herself", "Anna's", "")]
    [InlineData("Anna gives it to herself", "Boris's", "forbidden")]
    [InlineData("Anna gives it to herself", "snoozed", "*to Anna")]
    [InlineData("Anna gives it to herself", "closed", "closed")]
    [InlineData("a supervisor gives it to Anna", "Boris's", "*to Anna")]
    [InlineData("Anna gives it to Boris", "queued", "*to Boris, Queued>Open")]
    [InlineData("Anna gives it to Boris", "team's", "*to Boris, Queued>Open")]
    [InlineData("Anna gives it to Boris", "Anna's", "*to Boris")]
    [InlineData("Anna gives it to Boris", "Anna's snoozed", "*to Boris")]
    [InlineData("Anna gives it to the team", "queued", "*to Refunds")]
    [InlineData("Anna gives it to the team", "team's", "")]
    [InlineData("Anna gives it to the team", "Anna's", "*to Refunds, Open>Queued")]
    [InlineData("Anna gives it up", "queued", "")]
    [InlineData("Anna gives it up", "team's", "*to nobody")]
    [InlineData("Anna gives it up", "Anna's", "*to nobody, Open>Queued")]
    [InlineData("Anna gives it up", "Anna's snoozed", "*to nobody")]
    [InlineData("Anna transfers it to Boris", "Anna's", "*to Boris, Note")]
    [InlineData("Anna transfers it to Boris", "queued", "*to Boris, Queued>Open, Note")]
    [InlineData("Anna transfers it to Boris", "Boris's", "forbidden")]
    [InlineData("Anna transfers it to Boris", "closed", "closed")]
    [InlineData("Anna opens", "queued", "conflict")]
    [InlineData("Anna opens", "Anna's", "")]
    [InlineData("Anna opens", "snoozed", "conflict")]
    [InlineData("Anna opens", "Anna's snoozed", "*Snoozed>Open")]
    [InlineData("Anna opens", "closed", "conflict")]
    [InlineData("Anna opens", "Anna's closed", "*Closed>Open")]
    [InlineData("Anna requeues", "queued", "")]
    [InlineData("Anna requeues", "team's", "*to nobody")]
    [InlineData("Anna requeues", "Anna's", "to nobody, *Open>Queued")]
    [InlineData("Anna requeues", "Boris's", "forbidden")]
    [InlineData("Anna requeues", "snoozed", "*Snoozed>Queued")]
    [InlineData("Anna requeues", "Anna's snoozed", "to nobody, *Snoozed>Queued")]
    [InlineData("Anna requeues", "closed", "*Closed>Queued")]
    [InlineData("Anna requeues", "Anna's closed", "to nobody, *Closed>Queued")]
    [InlineData("Anna snoozes", "queued", "*Queued>Snoozed")]
    [InlineData("Anna snoozes", "Anna's", "*Open>Snoozed")]
    [InlineData("Anna snoozes", "snoozed", "*Snoozed>Snoozed")]
    [InlineData("Anna snoozes", "closed", "closed")]
    [InlineData("Anna closes", "queued", "*Queued>Closed")]
    [InlineData("Anna closes", "Boris's", "*Open>Closed")]
    [InlineData("Anna closes", "snoozed", "*Snoozed>Closed")]
    [InlineData("Anna closes", "closed", "")]
    [InlineData("the visitor closes", "queued", "*Queued>Closed")]
    [InlineData("the visitor closes", "Anna's", "*Open>Closed")]
    [InlineData("the visitor closes", "snoozed", "*Snoozed>Closed")]
    [InlineData("the visitor closes", "closed", "")]
    [InlineData("the visitor writes", "queued", "*Message")]
    [InlineData("the visitor writes", "Anna's", "*Message")]
    [InlineData("the visitor writes", "snoozed", "Snoozed>Queued, *Message")]
    [InlineData("the visitor writes", "Anna's snoozed", "Snoozed>Open, *Message")]
    [InlineData("the visitor writes", "closed", "Closed>Queued, *Message")]
    [InlineData("the visitor writes", "Anna's closed", "Closed>Open, *Message")]
    [InlineData("Anna writes", "queued", "*Message")]
    [InlineData("Anna writes", "Boris's", "*Message")]
    [InlineData("Anna writes", "Anna's snoozed", "*Message")]
    [InlineData("Anna writes", "Anna's closed", "closed")]
    [InlineData("Anna notes", "snoozed", "*Note")]
    [InlineData("Anna notes", "closed", "*Note")]
    public void Every_change_has_its_answer_in_every_state(string change, string state, string story) =>
        Assert.Equal(story, Some.Story(Changes[change]().Decide(Some.Locked(States[state]))));

    [Fact]
    public void The_newest_event_of_assignment_or_status_is_what_compare_and_set_goes_by()
    {
        var claimed = Changes["Anna claims"]().Decide(Some.Locked(States["queued"])).State!;
        var transferred = Changes["Anna transfers it to Boris"]().Decide(Some.Locked(States["Anna's"])).State!;
        var written = Changes["Anna writes"]().Decide(Some.Locked(States["Anna's"])).State!;

        Assert.Equal(Some.LastSeq + 2, claimed.StateSeq);
        Assert.Equal(Some.LastSeq + 1, transferred.StateSeq);
        Assert.Equal(Some.StateSeq, written.StateSeq);
    }

    [Theory]
    [InlineData(Some.StateSeq, null)]
    [InlineData(Some.LastSeq, null)]
    [InlineData(Some.StateSeq - 1, "conflict")]
    public void Who_decides_by_an_older_state_gets_a_conflict(int expectedSeq, string? refusal)
    {
        ConversationChange[] changes =
        [
            Assign(Some.Boris, null) with
            {
                ExpectedSeq = expectedSeq,
            },
            SetStatus(ConversationStatus.Closed) with
            {
                ExpectedSeq = expectedSeq,
            },
        ];

        Assert.All(changes, change => Assert.Equal(refusal, change.Decide(Some.Open()).Refusal?.Code));
    }

    [Fact]
    public void Closing_sets_the_time_and_ends_the_wait_and_reopening_clears_it()
    {
        var open = States["Anna's"] with { WaitingSince = Some.Now.AddMinutes(-3) };

        var closed = Changes["Anna closes"]().Decide(Some.Locked(open)).State!;
        var reopened = Changes["Anna opens"]().Decide(Some.Locked(closed)).State!;

        Assert.Equal((Some.Now, null), (closed.ClosedAt, closed.WaitingSince));
        Assert.Null(reopened.ClosedAt);
    }

    [Theory]
    [InlineData(ConversationStatus.Snoozed, null)]
    [InlineData(ConversationStatus.Snoozed, 0L)]
    [InlineData(ConversationStatus.Snoozed, -60_000L)]
    [InlineData(ConversationStatus.Snoozed, 365 * 86_400_000L + 1)]
    [InlineData(ConversationStatus.Closed, 60_000L)]
    public void A_snooze_and_nothing_else_has_an_end_within_a_year(ConversationStatus status, long? milliseconds)
    {
        DateTimeOffset? until = milliseconds is { } ms ? Some.Now.AddMilliseconds(ms) : null;

        Assert.Equal("invalid", Some.Story(SetStatus(status, until).Decide(Some.Open())));
    }

    [Fact]
    public void A_snooze_may_last_a_whole_year() =>
        Assert.Equal("*Open>Snoozed", Some.Story(SetStatus(ConversationStatus.Snoozed, Some.Now.AddDays(365)).Decide(Some.Open())));

    [Fact]
    public void The_same_snooze_again_changes_nothing() =>
        Assert.Equal(
            "",
            Some.Story(SetStatus(ConversationStatus.Snoozed, States["snoozed"].SnoozedUntil).Decide(Some.Locked(States["snoozed"])))
        );

    [Theory]
    [InlineData("snoozed", 60, "*Snoozed>Queued")]
    [InlineData("Anna's snoozed", 61, "*Snoozed>Open")]
    [InlineData("snoozed", 59, "")]
    [InlineData("Anna's", 600, "")]
    [InlineData("closed", 600, "")]
    public void A_conversation_wakes_when_its_time_has_come_and_it_still_sleeps(string state, int minutes, string story)
    {
        var conversation = Some.Locked(States[state]) with { Now = Some.Now.AddMinutes(minutes) };

        Assert.Equal(story, Some.Story(WakeChange.Of(Some.Conversation, Guid.Empty).Decide(conversation)));
    }

    [Fact]
    public void An_operator_and_a_team_at_once_is_invalid() =>
        Assert.Equal("invalid", Some.Story(Assign(Some.Anna, Some.Team).Decide(Some.Open())));

    [Fact]
    public void A_transfer_to_who_has_it_already_leaves_its_note() =>
        Assert.Equal("*Note", Some.Story(Assign(Some.Anna, null, text: "mine").Decide(Some.Open())));

    [Fact]
    public void The_text_of_a_transfer_is_for_staff_only()
    {
        var events = Changes["Anna transfers it to Boris"]().Decide(Some.Open()).Events;

        Assert.Equal([Audience.Public, Audience.Staff], events.Select(e => e.Audience));
        Assert.Equal("please", events[1].Data.Body);
    }

    private static AssignChange Assign(OperatorFace? to, TeamFace? team, bool supervisor = false, string? text = null) =>
        AssignChange.Of(Some.Conversation, Guid.Empty, Some.As(Some.Anna), to, team, expectedSeq: null, supervisor, text);

    private static SetStatusChange SetStatus(ConversationStatus status, DateTimeOffset? until = null) =>
        SetStatusChange.Of(Some.Conversation, Guid.Empty, Some.As(Some.Anna), status, until, expectedSeq: null, fromAnyone: false);
}
