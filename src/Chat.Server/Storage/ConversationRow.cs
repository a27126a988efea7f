using System.Text.Json;
using Chat.Contracts;
using Chat.Server.Conversations;

namespace Chat.Server.Storage;

/// <summary>A row of <c>conversation</c> with the faces of those it names, as they are called now.</summary>
internal sealed record ConversationRow
{
    public ConversationId Id { get; init; }
    public InboxId InboxId { get; init; }
    public int Status { get; init; }
    public DateTimeOffset? SnoozedUntil { get; init; }
    public string? Topic { get; init; }
    public string? Page { get; init; }
    public string? Fields { get; init; }
    public string Tags { get; init; } = "[]";
    public int? Rating { get; init; }
    public DateTimeOffset OpenedAt { get; init; }
    public DateTimeOffset? ClosedAt { get; init; }
    public DateTimeOffset? WaitingSince { get; init; }
    public int LastSeq { get; init; }
    public DateTimeOffset LastAt { get; init; }
    public int StateSeq { get; init; }
    public VisitorId VisitorId { get; init; }
    public string? VisitorName { get; init; }
    public string? VisitorSubject { get; init; }
    public DateTimeOffset? BlockedAt { get; init; }
    public string? Browser { get; init; }
    public string? Os { get; init; }
    public string? Locale { get; init; }
    public OperatorId? AssigneeId { get; init; }
    public string? AssigneeName { get; init; }
    public string? AssigneeAvatar { get; init; }
    public TeamId? TeamId { get; init; }
    public string? TeamName { get; init; }

    private VisitorFace Visitor => new(VisitorId, VisitorName, VisitorSubject is not null, BlockedAt is null ? null : true);

    private VisitorDevice? Device => Browser is null && Os is null ? null : new VisitorDevice(Browser, Os);

    private OperatorFace? Assignee => AssigneeId is { } id ? new OperatorFace(id, AssigneeName!, AssigneeAvatar) : null;

    private TeamFace? Team => TeamId is { } id ? new TeamFace(id, TeamName!) : null;

    private IReadOnlyList<string> TagList => JsonSerializer.Deserialize(Tags, StorageJson.Default.StringArray)!;

    public Conversation ToConversation() =>
        new()
        {
            Id = Id,
            InboxId = InboxId,
            Visitor = Visitor with { Device = Device, Locale = Locale },
            Status = (ConversationStatus)Status,
            SnoozedUntil = SnoozedUntil,
            Assignee = Assignee,
            Team = Team,
            Topic = Topic,
            Page = Page,
            Fields = Fields is null ? null : JsonSerializer.Deserialize(Fields, ChatJson.Wire.DictionaryStringString),
            Tags = TagList,
            Rating = Rating,
            OpenedAt = OpenedAt,
            LastAt = LastAt,
        };

    public ConversationState ToState() =>
        new()
        {
            Status = (ConversationStatus)Status,
            SnoozedUntil = SnoozedUntil,
            Assignee = Assignee,
            Team = Team,
            Tags = TagList,
            Rating = Rating,
            ClosedAt = ClosedAt,
            WaitingSince = WaitingSince,
            StateSeq = StateSeq,
        };

    public InboxRow ToInboxRow(int epoch, LastMessage? lastMessage) =>
        new()
        {
            ConversationId = Id,
            Epoch = epoch,
            Seq = LastSeq,
            Status = (ConversationStatus)Status,
            SnoozedUntil = SnoozedUntil,
            Assignee = Assignee,
            Team = Team,
            Visitor = Visitor,
            Topic = Topic,
            Tags = TagList,
            LastMessage = lastMessage,
            WaitingSince = WaitingSince,
            OpenedAt = OpenedAt,
            LastAt = LastAt,
        };
}
