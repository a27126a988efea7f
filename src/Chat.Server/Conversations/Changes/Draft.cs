using Chat.Contracts;

namespace Chat.Server.Conversations.Changes;

/// <summary>
/// A decision in the making: events and the state that follows from them stay in step. Keeps what holds for every conversation: an open one has
/// an assignee and a queued one has none, a closed one and no other has a time of closing, a snoozed one and no other has a time of waking.
/// </summary>
internal sealed class Draft(LockedConversation conversation)
{
    private readonly List<NewEvent> _events = [];

    public ConversationState State { get; private set; } = conversation.State;

    /// <summary>Seq of the event added next.</summary>
    public int NextSeq => conversation.LastSeq + 1 + _events.Count;

    /// <summary>Where a conversation goes that is neither snoozed nor closed any more.</summary>
    public ConversationStatus ActiveStatus => State.Assignee is null ? ConversationStatus.Queued : ConversationStatus.Open;

    public void Add(EventType type, Actor actor, EventData data, bool isAnswer = false, Audience target = Audience.Staff) =>
        _events.Add(new NewEvent(type, Projection.AudienceOf(type, target), actor, data, isAnswer));

    public void SetStatus(ConversationStatus status, Actor actor, DateTimeOffset? until = null, bool isAnswer = false)
    {
        if (State.Status == status && State.SnoozedUntil == until)
            return;
        var closed = status == ConversationStatus.Closed;
        var previous = State.Status;
        State = State with
        {
            Status = status,
            SnoozedUntil = until,
            ClosedAt = closed ? conversation.Now : null,
            WaitingSince = closed ? null : State.WaitingSince,
            StateSeq = NextSeq,
        };
        var data = new EventData
        {
            Status = status,
            PreviousStatus = previous,
            SnoozedUntil = until,
        };
        Add(EventType.Status, actor, data, isAnswer);
    }

    /// <summary>Gives it to an operator, to a team, or to nobody.</summary>
    public void Assign(OperatorFace? assignee, TeamFace? team, Actor actor, bool isAnswer = false)
    {
        if (State.Assignee?.Id == assignee?.Id && State.Team?.Id == team?.Id)
            return;
        State = State with { Assignee = assignee, Team = team, StateSeq = NextSeq };
        Add(EventType.Assigned, actor, new EventData { Assignee = assignee, Team = team }, isAnswer);
    }

    /// <summary>
    /// Lets the status follow the assignment: what an operator has is open, and what a team has stays in the queue until one of its operators takes
    /// it. A snoozed conversation sleeps on.
    /// </summary>
    public void FollowAssignment(Actor actor)
    {
        if (State.Status is ConversationStatus.Queued or ConversationStatus.Open)
            SetStatus(ActiveStatus, actor);
    }

    public void SetWaiting(DateTimeOffset? since) => State = State with { WaitingSince = since };

    public void SetTags(IReadOnlyList<string> tags) => State = State with { Tags = tags };

    public void SetRating(int score) => State = State with { Rating = score };

    public bool IsEmpty => _events.Count == 0;

    public Decision Done(TargetPatch? patch = null) =>
        IsEmpty
            ? Decision.Nothing
            : new Decision
            {
                Events = _events,
                State = State,
                Patch = patch,
            };
}
