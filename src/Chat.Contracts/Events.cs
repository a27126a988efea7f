using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Chat.Contracts;

/// <summary>What an event says. Numbers are what the stores keep: add, never change.</summary>
[JsonConverter(typeof(WordConverter<EventType>))]
public enum EventType
{
    /// <summary>A staff-only event as a visitor sees it: its seq and nothing else. Never stored.</summary>
    Skip = 0,

    /// <summary>A message of the visitor or of an operator: <c>body</c>, <c>replyTo</c>.</summary>
    Message = 1,

    /// <summary>An earlier message or note has a new text: <c>targetSeq</c>, <c>body</c>.</summary>
    Edited = 2,

    /// <summary>An earlier message or note is gone: <c>targetSeq</c>.</summary>
    Deleted = 3,

    /// <summary>Text between operators: <c>body</c>, <c>replyTo</c>. Staff only.</summary>
    Note = 4,

    /// <summary>Who answers: <c>assignee</c> or <c>team</c>; neither means back to the queue.</summary>
    Assigned = 5,

    /// <summary><c>status</c>, <c>previousStatus</c>, <c>snoozedUntil</c>.</summary>
    Status = 6,

    /// <summary><c>added</c> and <c>removed</c> tags. Staff only.</summary>
    Tagged = 7,

    /// <summary>The visitor's rating: <c>score</c>, <c>comment</c>.</summary>
    Rated = 8,

    /// <summary>A notice of the service itself: <c>code</c>.</summary>
    System = 9,

    /// <summary>
    /// The visitor is another now: <c>visitor</c>, <c>code</c> (<c>identified</c>, <c>blocked</c>, <c>unblocked</c>). Staff only.
    /// </summary>
    Visitor = 10,
}

/// <summary>Who may see an event.</summary>
[JsonConverter(typeof(WordConverter<Audience>))]
public enum Audience
{
    /// <summary>The visitor and the staff.</summary>
    Public = 0,

    /// <summary>Operators only; visitors get a <see cref="EventType.Skip"/>.</summary>
    Staff = 1,
}

/// <summary>Kind of an event's author.</summary>
[JsonConverter(typeof(WordConverter<ActorKind>))]
public enum ActorKind
{
    /// <summary>The service itself.</summary>
    System = 0,

    /// <summary>The visitor.</summary>
    Visitor = 1,

    /// <summary>An operator.</summary>
    Operator = 2,
}

/// <summary>State of a conversation.</summary>
[JsonConverter(typeof(WordConverter<ConversationStatus>))]
public enum ConversationStatus
{
    /// <summary>Waits for an operator; a team may have it already.</summary>
    Queued = 0,

    /// <summary>An operator has it.</summary>
    Open = 1,

    /// <summary>Out of sight until a moment or until the visitor writes.</summary>
    Snoozed = 2,

    /// <summary>Done. A visitor's message reopens it within the inbox's <c>reopenDays</c>.</summary>
    Closed = 3,
}

/// <summary>Author of an event.</summary>
/// <param name="Kind">System, visitor or operator.</param>
/// <param name="Id">The visitor's or operator's id; absent for the system. To visitors the operator's <see cref="OperatorAlias"/>.</param>
/// <param name="Name">Display name; absent when none is known.</param>
public sealed record Actor(ActorKind Kind, Guid? Id = null, string? Name = null)
{
    /// <summary>The service itself.</summary>
    public static Actor System { get; } = new(ActorKind.System);
}

/// <summary>An operator as others see them.</summary>
public sealed record OperatorFace
{
    /// <summary>For the serializer.</summary>
    public OperatorFace() { }

    /// <summary>An operator as his colleagues see him.</summary>
    [SetsRequiredMembers]
    public OperatorFace(OperatorId id, string name, string? avatar = null)
    {
        Id = id;
        Name = name;
        Avatar = avatar;
    }

    /// <summary>The operator; visitors get their <see cref="OperatorAlias"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    [JsonConverter(typeof(OptionalIdConverter<OperatorId>))]
    public OperatorId Id { get; init; }

    /// <summary>Display name.</summary>
    public required string Name { get; init; }

    /// <summary>Address of a picture, or absent.</summary>
    public string? Avatar { get; init; }
}

/// <summary>A team as operators see it.</summary>
/// <param name="Id">The team.</param>
/// <param name="Name">Display name.</param>
public sealed record TeamFace(TeamId Id, string Name);

/// <summary>A visitor as operators see them.</summary>
/// <param name="Id">The visitor.</param>
/// <param name="Name">Display name, or absent.</param>
/// <param name="Identified">Whether the host site vouches for them.</param>
/// <param name="Blocked">True while they are kept out; otherwise absent. Staff only.</param>
/// <param name="Device">What they were last seen with. Staff only; not in rows.</param>
/// <param name="Locale">BCP 47 tag. Staff only; not in rows.</param>
public sealed record VisitorFace(
    VisitorId Id,
    string? Name,
    bool Identified,
    bool? Blocked = null,
    VisitorDevice? Device = null,
    string? Locale = null
);

/// <summary>A visitor's browser or app, as far as it says.</summary>
/// <param name="Browser">Such as Chrome 141.</param>
/// <param name="Os">Such as Windows.</param>
public sealed record VisitorDevice(string? Browser = null, string? Os = null);

/// <summary>What an event carries; which fields are present depends on <see cref="EventType"/>.</summary>
public sealed record EventData
{
    /// <summary>Text of a message, a note or an edit, cards masked. Absent once deleted.</summary>
    public string? Body { get; init; }

    /// <summary>Seq of the message that this one answers.</summary>
    public int? ReplyTo { get; init; }

    /// <summary>On a message or note: seq of the newest edit applied to it.</summary>
    public int? EditedSeq { get; init; }

    /// <summary>On a message, note or edit: seq of the deletion that erased it.</summary>
    public int? DeletedSeq { get; init; }

    /// <summary>On edited and deleted: seq of the message or note meant.</summary>
    public int? TargetSeq { get; init; }

    /// <summary>On assigned: the operator who has the conversation now.</summary>
    public OperatorFace? Assignee { get; init; }

    /// <summary>On assigned: the team that has it now. Staff only.</summary>
    public TeamFace? Team { get; init; }

    /// <summary>On status: the new one.</summary>
    public ConversationStatus? Status { get; init; }

    /// <summary>On status: the one before; absent on a conversation's first event.</summary>
    public ConversationStatus? PreviousStatus { get; init; }

    /// <summary>On status snoozed: when the conversation comes back. Staff only.</summary>
    public DateTimeOffset? SnoozedUntil { get; init; }

    /// <summary>On tagged.</summary>
    public IReadOnlyList<string>? Added { get; init; }

    /// <summary>On tagged.</summary>
    public IReadOnlyList<string>? Removed { get; init; }

    /// <summary>On rated: 1 to 5.</summary>
    public int? Score { get; init; }

    /// <summary>On rated: free text, cards masked.</summary>
    public string? Comment { get; init; }

    /// <summary>On system and visitor: what happened, a word that clients translate.</summary>
    public string? Code { get; init; }

    /// <summary>On visitor: who they are from now on, without device and locale. Staff only.</summary>
    public VisitorFace? Visitor { get; init; }
}

/// <summary>One change of a conversation, as stored and as pushed.</summary>
public sealed record ChatEvent
{
    /// <summary>The conversation.</summary>
    public required ConversationId ConversationId { get; init; }

    /// <summary>Generation of the log. Another epoch than the client's means: start again from a snapshot.</summary>
    public required int Epoch { get; init; }

    /// <summary>Position in the conversation: 1, 2, 3 … without holes.</summary>
    public required int Seq { get; init; }

    /// <summary>What it says.</summary>
    public required EventType Type { get; init; }

    /// <summary>The author; absent on a skip.</summary>
    public Actor? Actor { get; init; }

    /// <summary>When it was stored; absent on a skip.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>The id its sender gave it; absent on skips and on events that follow from another one.</summary>
    public Guid? ClientId { get; init; }

    /// <summary>What it carries; absent on a skip.</summary>
    public EventData? Data { get; init; }

    /// <summary>Staff or public. Not on the wire: visitors must not learn which of their skips was what.</summary>
    [JsonIgnore]
    public Audience Audience { get; init; }
}
