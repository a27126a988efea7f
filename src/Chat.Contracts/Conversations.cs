using System.Text.Json.Serialization;

namespace Chat.Contracts;

/// <summary>Side of a conversation that a cursor belongs to.</summary>
[JsonConverter(typeof(WordConverter<Side>))]
public enum Side
{
    /// <summary>The visitor.</summary>
    Visitor = 0,

    /// <summary>The operators.</summary>
    Operator = 1,
}

/// <summary>A conversation's state. Visitors get it without what is staff only (see <see cref="Projection"/>).</summary>
public sealed record Conversation
{
    /// <summary>Its id.</summary>
    public required ConversationId Id { get; init; }

    /// <summary>The inbox it belongs to.</summary>
    public required InboxId InboxId { get; init; }

    /// <summary>The customer.</summary>
    public required VisitorFace Visitor { get; init; }

    /// <summary>Queued, open, snoozed or closed.</summary>
    public required ConversationStatus Status { get; init; }

    /// <summary>When a snoozed one comes back. Staff only.</summary>
    public DateTimeOffset? SnoozedUntil { get; init; }

    /// <summary>The operator who has it, if one has.</summary>
    public OperatorFace? Assignee { get; init; }

    /// <summary>The team that has it, if one has. Staff only.</summary>
    public TeamFace? Team { get; init; }

    /// <summary>What the visitor wants to talk about, cards masked.</summary>
    public string? Topic { get; init; }

    /// <summary>Address of the page it was opened on, cards masked. Staff only.</summary>
    public string? Page { get; init; }

    /// <summary>The pre-chat form's answers, cards masked. Staff only.</summary>
    public IReadOnlyDictionary<string, string>? Fields { get; init; }

    /// <summary>Tags in order of adding. Staff only.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>The visitor's rating, 1 to 5.</summary>
    public int? Rating { get; init; }

    /// <summary>When it was opened.</summary>
    public required DateTimeOffset OpenedAt { get; init; }

    /// <summary>Time of its last event.</summary>
    public required DateTimeOffset LastAt { get; init; }
}

/// <summary>How far one side, or on the staff's side one operator, has received and read.</summary>
/// <param name="Side">Visitor or operator.</param>
/// <param name="OperatorId">The operator; absent on the visitor's side.</param>
/// <param name="DeliveredSeq">Everything up to here reached a device. 0: nothing.</param>
/// <param name="ReadSeq">Everything up to here was seen. 0: nothing.</param>
public sealed record SideCursor(Side Side, OperatorId? OperatorId, int DeliveredSeq, int ReadSeq);

/// <summary>A client's position in one conversation.</summary>
/// <param name="ConversationId">The conversation.</param>
/// <param name="Epoch">Generation of the log it was read from. 0 with seq 0: has nothing yet.</param>
/// <param name="Seq">Highest contiguous seq it holds.</param>
public sealed record Cursor(
    [property: JsonRequired] ConversationId ConversationId,
    [property: JsonRequired] int Epoch,
    [property: JsonRequired] int Seq
);

/// <summary>A conversation and the part of its log that the client lacks.</summary>
public sealed record ConversationPage
{
    /// <summary>State as of the read.</summary>
    public required Conversation Conversation { get; init; }

    /// <summary>Generation of the log.</summary>
    public required int Epoch { get; init; }

    /// <summary>Events in ascending seq, messages as they stand now.</summary>
    public required IReadOnlyList<ChatEvent> Events { get; init; }

    /// <summary>Head of the log as of the read.</summary>
    public required int Seq { get; init; }

    /// <summary>Whether events between these and the head (or, after a reset or from a cursor at 0, before these) are still to be fetched.</summary>
    public required bool HasMore { get; init; }

    /// <summary>True: the client's position was of another log; replace all it holds by this page.</summary>
    public required bool Reset { get; init; }

    /// <summary>How far everybody has received and read.</summary>
    public required IReadOnlyList<SideCursor> Cursors { get; init; }
}

/// <summary>The newest message, as a list shows it.</summary>
/// <param name="Seq">Its seq.</param>
/// <param name="Side">Who wrote it.</param>
/// <param name="Text">At most <see cref="Limits.RowTextLength"/> characters of it; absent when deleted.</param>
public sealed record LastMessage(int Seq, Side Side, string? Text);

/// <summary>A conversation as a line of an operator's list. A row with a higher seq replaces, a lower one is dropped.</summary>
public sealed record InboxRow
{
    /// <summary>The conversation.</summary>
    public required ConversationId ConversationId { get; init; }

    /// <summary>Its inbox, in answers of <c>Watch</c>. Absent where what the row comes in names it.</summary>
    public InboxId? InboxId { get; init; }

    /// <summary>Generation of the log.</summary>
    public required int Epoch { get; init; }

    /// <summary>Head of its log when the row was read.</summary>
    public required int Seq { get; init; }

    /// <summary>Queued, open, snoozed or closed.</summary>
    public required ConversationStatus Status { get; init; }

    /// <summary>When a snoozed one comes back.</summary>
    public DateTimeOffset? SnoozedUntil { get; init; }

    /// <summary>The operator who has it.</summary>
    public OperatorFace? Assignee { get; init; }

    /// <summary>The team that has it.</summary>
    public TeamFace? Team { get; init; }

    /// <summary>The customer.</summary>
    public required VisitorFace Visitor { get; init; }

    /// <summary>What it is about.</summary>
    public string? Topic { get; init; }

    /// <summary>Tags in order of adding.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>The newest message.</summary>
    public LastMessage? LastMessage { get; init; }

    /// <summary>Since when a message of the visitor waits for an answer; absent when none does.</summary>
    public DateTimeOffset? WaitingSince { get; init; }

    /// <summary>How far the asking operator has read; in answers to them, not in pushes. Absent: nothing.</summary>
    public int? ReadSeq { get; init; }

    /// <summary>When it was opened.</summary>
    public required DateTimeOffset OpenedAt { get; init; }

    /// <summary>Time of its last event.</summary>
    public required DateTimeOffset LastAt { get; init; }
}
