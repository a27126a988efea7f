using Chat.Contracts;
using Chat.Server.Conversations;

namespace Chat.Server.Tests.Conversations;

/// <summary>People, conversations and events for tests of the rules.</summary>
internal static class Some
{
    public static readonly ConversationId Conversation = new(new Guid("01930000-0000-7000-8000-000000000001"));
    public static readonly InboxId Inbox = new(new Guid("01930000-0000-7000-8000-000000000002"));
    public static readonly DateTimeOffset Now = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);
    public static readonly Actor Visitor = new(ActorKind.Visitor, new Guid("01930000-0000-7000-8000-000000000003"), "Vera");
    public static readonly OperatorFace Anna = new(new OperatorId(new Guid("01930000-0000-7000-8000-000000000004")), "Anna");
    public static readonly OperatorFace Boris = new(new OperatorId(new Guid("01930000-0000-7000-8000-000000000005")), "Boris");
    public static readonly TeamFace Team = new(new TeamId(new Guid("01930000-0000-7000-8000-000000000006")), "Refunds");
    public const int LastSeq = 10;
    public const int StateSeq = 7;

    public static Actor As(OperatorFace face) => new(ActorKind.Operator, face.Id.Value, face.Name);

    public static ConversationState State(
        ConversationStatus status,
        OperatorFace? assignee = null,
        TeamFace? team = null,
        DateTimeOffset? closedAt = null
    ) =>
        new()
        {
            Status = status,
            Assignee = assignee,
            Team = team,
            StateSeq = StateSeq,
            SnoozedUntil = status == ConversationStatus.Snoozed ? Now.AddHours(1) : null,
            ClosedAt = status == ConversationStatus.Closed ? closedAt ?? Now.AddDays(-1) : null,
        };

    public static LockedConversation Locked(ConversationState state, ChatEvent? target = null) =>
        new()
        {
            State = state,
            InboxId = Inbox,
            ReopenDays = 7,
            OpenLimit = 5,
            OpenOthers = 0,
            Now = Now,
            LastSeq = LastSeq,
            Target = target,
        };

    public static LockedConversation Open(ChatEvent? target = null) => Locked(State(ConversationStatus.Open, Anna), target);

    public static ChatEvent Event(EventType type, Actor author, int seq = 3, EventData? data = null) =>
        new()
        {
            ConversationId = Conversation,
            Epoch = 1,
            Seq = seq,
            Type = type,
            Actor = author,
            At = Now.AddMinutes(-5),
            Data = data ?? new EventData { Body = "before" },
            Audience = Projection.AudienceOf(type),
        };

    /// <summary>The decision's events as short words, the answer marked with *.</summary>
    public static string Story(Decision decision) =>
        decision.Refusal?.Code ?? string.Join(", ", decision.Events.Select(e => (e.IsAnswer ? "*" : "") + Word(e)));

    private static string Word(NewEvent e) =>
        e.Type switch
        {
            EventType.Status => $"{e.Data.PreviousStatus}>{e.Data.Status}",
            EventType.Assigned => $"to {e.Data.Assignee?.Name ?? e.Data.Team?.Name ?? "nobody"}",
            _ => e.Type.ToString(),
        };
}
