using System.Text.Json;
using Chat.Contracts;
using Chat.Server.Conversations;
using Chat.Server.Conversations.Changes;
using Chat.Server.Messages;
using Chat.Server.Storage;
using CsCheck;

namespace Chat.Server.Tests.Conversations;

/// <summary>Any sequence of changes, from any state, keeps what holds for every conversation.</summary>
public sealed class ChangeSequenceTests
{
    private static readonly Gen<OperatorFace> Operators = Gen.OneOf(Some.Anna, Some.Boris);

    private static readonly Gen<int> Seqs = Gen.Int[1, 12];

    private static readonly Gen<Actor> Authors = Gen.OneOf(Gen.Const(Some.Visitor), Operators.Select(Some.As));

    private static readonly Gen<ConversationChange> Changes = Gen.OneOf<ConversationChange>(
        Gen.Select(Authors, Gen.OneOf(EventType.Message, EventType.Note), Seqs.Nullable(), Gen.Int[0, 20].Nullable(), Text),
        Gen.Select(
            Authors,
            Seqs,
            Gen.OneOf("a", "b"),
            (author, seq, body) => EditChange.Of(Some.Conversation, Guid.Empty, author, seq, body)
        ),
        Gen.Select(Authors, Seqs, Gen.Bool, (author, seq, any) => DeleteChange.Of(Some.Conversation, Guid.Empty, author, seq, any)),
        Operators.Select(face => ClaimChange.Of(Some.Conversation, Guid.Empty, Some.As(face), face)),
        Gen.Select(Operators, Operators.Null(), Gen.Const(Some.Team).Null(), Gen.Bool, Gen.Const("text").Null(), Assign),
        Gen.Select(Operators, Gen.Enum<ConversationStatus>(), Gen.Int[-5, 60].Nullable(), Gen.Bool, SetStatus),
        Gen.Const(WakeChange.Of(Some.Conversation, Guid.Empty)),
        Gen.Const(CloseChange.Of(Some.Conversation, Guid.Empty, Some.Visitor)),
        Gen.Int[0, 6].Select(score => RateChange.Of(Some.Conversation, Guid.Empty, Some.Visitor, score, null)),
        Gen.Select(Tags, Tags, (add, remove) => TagChange.Of(Some.Conversation, Guid.Empty, Some.As(Some.Anna), add, remove))
    );

    private static Gen<string[]> Tags => Gen.OneOf("vip", "refund", "bug").Array[0, 2];

    private static readonly Gen<ConversationState> States = Gen.Select(
        Gen.Enum<ConversationStatus>(),
        Operators.Null(),
        Gen.Bool,
        (status, face, team) =>
        {
            var assignee = status switch
            {
                ConversationStatus.Queued => null,
                ConversationStatus.Open => face ?? Some.Anna,
                _ => face,
            };
            return Some.State(status, assignee, assignee is null && team ? Some.Team : null) with { StateSeq = 1 };
        }
    );

    [Fact]
    public void Any_changes_from_any_state_keep_a_conversation_whole() =>
        Gen.Select(States, Gen.Select(Changes, Gen.Int[0, 40]).Array[1, 30])
            .Sample(
                (state, steps) =>
                {
                    var log = new Log(state);
                    foreach (var (change, minutes) in steps)
                        log.Apply(change, minutes);
                },
                iter: 3_000,
                print: sample => string.Join('\n', sample.Item2.Select(step => $"{step.Item1} +{step.Item2} min"))
            );

    private static MessageChange Text(Actor author, EventType type, int? replyTo, int? expectedSeq) =>
        MessageChange.Of(
            new MessageAppend(
                Some.Conversation,
                Guid.Empty,
                type,
                author,
                "text",
                replyTo,
                expectedSeq,
                Fingerprint.OfText(Some.Conversation, Guid.Empty, author, type, "text")
            )
        );

    private static AssignChange Assign(OperatorFace author, OperatorFace? to, TeamFace? team, bool fromAnyone, string? text) =>
        AssignChange.Of(Some.Conversation, Guid.Empty, Some.As(author), to, team, expectedSeq: null, fromAnyone, text);

    private static SetStatusChange SetStatus(OperatorFace author, ConversationStatus status, int? minutes, bool fromAnyone) =>
        SetStatusChange.Of(
            Some.Conversation,
            Guid.Empty,
            Some.As(author),
            status,
            minutes is { } m ? Some.Now.AddMinutes(m) : null,
            expectedSeq: null,
            fromAnyone
        );

    /// <summary>Stores decisions the way a store does, and checks each.</summary>
    private sealed class Log(ConversationState state)
    {
        private readonly List<ChatEvent> _events = [Some.Event(EventType.Status, Some.Visitor, seq: 1, new EventData())];
        private ConversationState _state = state;
        private DateTimeOffset _now = Some.Now;

        public void Apply(ConversationChange change, int minutes)
        {
            _now = _now.AddMinutes(minutes);
            var locked = Some.Locked(_state) with
            {
                Now = _now,
                LastSeq = _events.Count,
                Target = _events.Find(e => e.Seq == change.TargetSeq),
                Unseen = _events.FindAll(e => e.Seq > change.ExpectedSeq && e.Type is EventType.Message or EventType.Note),
            };
            var decision = change.Decide(locked);
            Assert.Equal(JsonSerializer.Serialize(decision), JsonSerializer.Serialize(change.Decide(locked)));

            if (decision.Events.Count == 0)
            {
                Assert.Null(decision.State);
                Assert.Null(decision.Patch);
                return;
            }
            Assert.Null(decision.Refusal);
            Assert.Single(decision.Events, e => e.IsAnswer);
            CheckState(decision.State!);
            CheckEvents(decision, locked);
            Store(decision);
        }

        private static void CheckState(ConversationState state)
        {
            Assert.Equal(state.Status == ConversationStatus.Closed, state.ClosedAt is not null);
            Assert.Equal(state.Status == ConversationStatus.Snoozed, state.SnoozedUntil is not null);
            Assert.False(state.Status == ConversationStatus.Open && state.Assignee is null, "open without an assignee");
            Assert.False(state.Status == ConversationStatus.Queued && state.Assignee is not null, "queued with an assignee");
            Assert.False(state.Assignee is not null && state.Team is not null, "both an assignee and a team");
            Assert.False(state.Status == ConversationStatus.Closed && state.WaitingSince is not null, "closed and waiting");
            Assert.InRange(state.Tags.Count, 0, Limits.Tags);
            Assert.Equal(state.Tags.Distinct(), state.Tags);
        }

        private void CheckEvents(Decision decision, LockedConversation before)
        {
            var stateSeq = before.State.StateSeq;
            for (var i = 0; i < decision.Events.Count; i++)
            {
                var e = decision.Events[i];
                if (e.Type is EventType.Assigned or EventType.Status)
                    stateSeq = before.LastSeq + 1 + i;
                if (e.Type is EventType.Edited or EventType.Deleted)
                {
                    Assert.Equal(_events[e.Data.TargetSeq!.Value - 1].Audience, e.Audience);
                    Assert.Equal(before.LastSeq + 1 + i, decision.Patch!.BySeq);
                }
                else
                {
                    var forVisitors = e.Type is EventType.Message or EventType.Status or EventType.Assigned or EventType.Rated;
                    Assert.Equal(forVisitors ? Audience.Public : Audience.Staff, e.Audience);
                }
                if (e.Type == EventType.Message && e.Data.ReplyTo is { } answered)
                    Assert.Equal(EventType.Message, _events[answered - 1].Type);
            }
            Assert.Equal(stateSeq, decision.State!.StateSeq);
            // What the events say is what the state is: clients know it from nothing else.
            if (decision.Events.LastOrDefault(e => e.Type == EventType.Status) is { } status)
                Assert.Equal((decision.State.Status, decision.State.SnoozedUntil), (status.Data.Status, status.Data.SnoozedUntil));
            else
                Assert.Equal(before.State.Status, decision.State.Status);
            if (decision.Events.LastOrDefault(e => e.Type == EventType.Assigned) is { } assigned)
                Assert.Equal((decision.State.Assignee, decision.State.Team), (assigned.Data.Assignee, assigned.Data.Team));
            else
                Assert.Equal((before.State.Assignee, before.State.Team), (decision.State.Assignee, decision.State.Team));
        }

        private void Store(Decision decision)
        {
            foreach (var e in decision.Events)
                _events.Add(Some.Event(e.Type, e.Actor, _events.Count + 1, e.Data) with { Audience = e.Audience });
            if (decision.Patch is { } patch)
            {
                var target = _events[patch.Seq - 1];
                Assert.True(target.Type is EventType.Message or EventType.Note);
                var data = patch.Deleted
                    ? new EventData { DeletedSeq = patch.BySeq, ReplyTo = target.Data!.ReplyTo }
                    : target.Data! with
                    {
                        Body = patch.Body,
                        EditedSeq = patch.BySeq,
                    };
                _events[patch.Seq - 1] = target with { Data = data };
            }
            _state = decision.State!;
        }
    }
}
