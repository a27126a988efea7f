using System.Text.Json;
using System.Text.Json.Serialization;

namespace Chat.Contracts;

/// <summary>What a sent text is.</summary>
[JsonConverter(typeof(WordConverter<SendKind>))]
public enum SendKind
{
    /// <summary>For the other side.</summary>
    Message = 0,

    /// <summary>For operators only; visitors may not send it.</summary>
    Note = 1,
}

/// <summary>How a change was answered.</summary>
[JsonConverter(typeof(WordConverter<ResultStatus>))]
public enum ResultStatus
{
    /// <summary>Stored now.</summary>
    Ok = 0,

    /// <summary>Stored before under the same clientId; <c>event</c> is that one.</summary>
    Duplicate = 1,

    /// <summary>Not stored: others wrote after <c>expectedSeq</c>; <c>missing</c> has what they wrote.</summary>
    [JsonStringEnumMemberName("stale_view")]
    StaleView = 2,
}

/// <summary>An operator's readiness to take conversations.</summary>
[JsonConverter(typeof(WordConverter<Availability>))]
public enum Availability
{
    /// <summary>Takes no conversations.</summary>
    Offline = 0,

    /// <summary>Here, but takes no new ones.</summary>
    Away = 1,

    /// <summary>Takes conversations up to his capacity.</summary>
    Online = 2,
}

/// <summary>First call on every connection, and again to be sure of everything.</summary>
/// <param name="Protocol">The client's protocol number; see <see cref="ProtocolVersion"/>.</param>
/// <param name="DeviceId">Random, kept by the client's storage.</param>
/// <param name="Sdk">Name and version of the client, at most 64 characters.</param>
/// <param name="Locale">BCP 47 tag, at most 16 characters.</param>
/// <param name="Cursors">The client's positions, at most <see cref="Limits.Cursors"/>. A visitor also gets his other conversations.</param>
public sealed record Hello(
    [property: JsonRequired] int Protocol,
    [property: JsonRequired] Guid DeviceId,
    string? Sdk = null,
    string? Locale = null,
    IReadOnlyList<Cursor>? Cursors = null
);

/// <summary>Who the server takes the caller for.</summary>
/// <param name="Kind">Visitor or operator.</param>
/// <param name="Id">His id.</param>
/// <param name="Name">Display name, if known.</param>
/// <param name="Role">On operators: operator, supervisor or admin.</param>
/// <param name="Inboxes">The visitor's inbox, or the inboxes the operator is a member of.</param>
public sealed record Me(ActorKind Kind, Guid Id, string? Name, OperatorRole? Role, IReadOnlyList<InboxId> Inboxes);

/// <summary>Answer to <see cref="Hello"/>.</summary>
/// <param name="ServerTime">The server's clock.</param>
/// <param name="You">Who the server takes the caller for.</param>
/// <param name="Limits">Sizes and rates the caller must keep.</param>
/// <param name="Conversations">One page for each conversation asked for; the visitor's others too.</param>
public sealed record HelloResult(DateTimeOffset ServerTime, Me You, ClientLimits Limits, IReadOnlyList<ConversationPage> Conversations);

/// <summary>Asks for what came after the cursors.</summary>
/// <param name="Cursors">At most <see cref="Limits.Cursors"/>.</param>
public sealed record Sync([property: JsonRequired] IReadOnlyList<Cursor> Cursors);

/// <summary>Answer to <see cref="Sync"/>.</summary>
/// <param name="Conversations">One page for each cursor whose conversation the caller may see.</param>
public sealed record SyncResult(IReadOnlyList<ConversationPage> Conversations);

/// <summary>Sends a message or note.</summary>
/// <param name="ConversationId">Where.</param>
/// <param name="ClientId">Made once for this text, kept across retries, restarts and nodes.</param>
/// <param name="Kind">Message, or on the operator's side note.</param>
/// <param name="Body">1 to <see cref="Limits.BodyLength"/> UTF-16 units.</param>
/// <param name="ReplyTo">Seq of the message answered.</param>
/// <param name="ExpectedSeq">Operators: the head they have seen; see <see cref="ResultStatus.StaleView"/>.</param>
/// <param name="Attachments">Refused as <c>invalid</c> until they exist.</param>
public sealed record SendMessage(
    [property: JsonRequired] ConversationId ConversationId,
    [property: JsonRequired] Guid ClientId,
    [property: JsonRequired] string Body,
    [property: JsonConverter(typeof(OptionalWordConverter<SendKind>))] SendKind Kind = SendKind.Message,
    int? ReplyTo = null,
    int? ExpectedSeq = null,
    JsonElement? Attachments = null
);

/// <summary>The acknowledgement: given only after the commit.</summary>
/// <param name="Status">Ok, duplicate or stale_view.</param>
/// <param name="Event">The event as stored.</param>
/// <param name="Missing">On stale_view: what the caller had not seen, ascending.</param>
public sealed record SendResult(ResultStatus Status, ChatEvent? Event = null, IReadOnlyList<ChatEvent>? Missing = null)
{
    /// <summary>On the server: <see cref="Event"/> in its final bytes where they are at hand, since it was pushed in the same. Not on the wire.</summary>
    [JsonIgnore]
    public ReadOnlyMemory<byte> EncodedEvent { get; init; }
}

/// <summary>Gives an own message or note a new text.</summary>
/// <param name="ConversationId">Where.</param>
/// <param name="ClientId">Made once for this edit.</param>
/// <param name="Seq">The message's seq.</param>
/// <param name="Body">The new text.</param>
public sealed record EditMessage(
    [property: JsonRequired] ConversationId ConversationId,
    [property: JsonRequired] Guid ClientId,
    [property: JsonRequired] int Seq,
    [property: JsonRequired] string Body
);

/// <summary>Erases an own message or note (a supervisor: anyone's).</summary>
/// <param name="ConversationId">Where.</param>
/// <param name="ClientId">Made once for this deletion.</param>
/// <param name="Seq">The message's seq.</param>
public sealed record DeleteMessage(
    [property: JsonRequired] ConversationId ConversationId,
    [property: JsonRequired] Guid ClientId,
    [property: JsonRequired] int Seq
);

/// <summary>Moves the caller's read or delivered cursor; never backwards, never past the head.</summary>
/// <param name="ConversationId">Where.</param>
/// <param name="Seq">Everything up to here.</param>
public sealed record MarkSeq([property: JsonRequired] ConversationId ConversationId, [property: JsonRequired] int Seq);

/// <summary>The caller is typing.</summary>
/// <param name="ConversationId">Where.</param>
/// <param name="Preview">The text so far, where the inbox allows previews. At most <see cref="Limits.PreviewLength"/>.</param>
public sealed record TypingNotice([property: JsonRequired] ConversationId ConversationId, string? Preview = null);

/// <summary>Asks for a page of the log. With neither bound: the newest page.</summary>
/// <param name="ConversationId">Where.</param>
/// <param name="Before">Only smaller seqs, the newest of them.</param>
/// <param name="After">Only greater seqs, the oldest of them.</param>
/// <param name="Limit">1 to <see cref="Limits.HistoryPage"/>; 50 when absent.</param>
public sealed record HistoryQuery(
    [property: JsonRequired] ConversationId ConversationId,
    int? Before = null,
    int? After = null,
    int? Limit = null
);

/// <summary>A page of the log in ascending seq.</summary>
/// <param name="Epoch">Generation of the log.</param>
/// <param name="Events">Messages as they stand now.</param>
/// <param name="HasMore">Whether there is more in the asked direction.</param>
public sealed record HistoryResult(int Epoch, IReadOnlyList<ChatEvent> Events, bool HasMore);

/// <summary>A visitor starts a conversation. Deduplicated by (inbox, visitor, clientId).</summary>
/// <param name="ClientId">Made once for this conversation.</param>
/// <param name="Topic">At most <see cref="Limits.TopicLength"/>.</param>
/// <param name="Fields">Answers of the pre-chat form, at most <see cref="Limits.Fields"/>.</param>
/// <param name="Page">Address of the page, at most <see cref="Limits.PageLength"/>.</param>
public sealed record OpenConversation(
    [property: JsonRequired] Guid ClientId,
    string? Topic = null,
    IReadOnlyDictionary<string, string>? Fields = null,
    string? Page = null
);

/// <summary>Answer to <see cref="OpenConversation"/>.</summary>
/// <param name="Status">Ok or duplicate.</param>
/// <param name="Page">The conversation and its first events.</param>
public sealed record OpenResult(ResultStatus Status, ConversationPage Page);

/// <summary>A visitor rates the conversation. The newest rating counts.</summary>
/// <param name="ConversationId">Which.</param>
/// <param name="ClientId">Made once for this rating.</param>
/// <param name="Score">1 to 5.</param>
/// <param name="Comment">At most <see cref="Limits.CommentLength"/>.</param>
public sealed record RateConversation(
    [property: JsonRequired] ConversationId ConversationId,
    [property: JsonRequired] Guid ClientId,
    [property: JsonRequired] int Score,
    string? Comment = null
);

/// <summary>A change that needs nothing but its target: a visitor's Close, an operator's Claim.</summary>
/// <param name="ConversationId">Which.</param>
/// <param name="ClientId">Made once for this change.</param>
public sealed record ConversationCommand([property: JsonRequired] ConversationId ConversationId, [property: JsonRequired] Guid ClientId);

/// <summary>Follows the lists of some inboxes; replaces what was followed before.</summary>
/// <param name="Inboxes">The inboxes; an empty list ends it.</param>
public sealed record Watch([property: JsonRequired] IReadOnlyList<InboxId> Inboxes);

/// <summary>First page of every watched inbox; more with <c>GET /api/v1/conversations</c>.</summary>
/// <param name="Rows">
/// What is not closed, at most <see cref="Limits.WatchRows"/> an inbox: one's own first, then the longest waiting, one of each visitor before a second of any.
/// </param>
/// <param name="HasMore">Whether an inbox had more.</param>
/// <param name="Online">Those of the rows whose visitor is online.</param>
public sealed record WatchResult(IReadOnlyList<InboxRow> Rows, bool HasMore, IReadOnlyList<ConversationId>? Online = null);

/// <summary>An operator follows a conversation.</summary>
/// <param name="ConversationId">Which.</param>
/// <param name="Epoch">Of the log he holds; 0: none.</param>
/// <param name="Seq">Highest contiguous seq he holds; 0: none.</param>
public sealed record OpenQuery(
    [property: JsonRequired] ConversationId ConversationId,
    [property: JsonConverter(typeof(OptionalNumberConverter))] int Epoch = 0,
    [property: JsonConverter(typeof(OptionalNumberConverter))] int Seq = 0
);

/// <summary>Gives a conversation to an operator or a team; with neither, back to the queue.</summary>
/// <param name="ConversationId">Which.</param>
/// <param name="ClientId">Made once for this change.</param>
/// <param name="OperatorId">A member of the inbox.</param>
/// <param name="TeamId">A team of the inbox.</param>
/// <param name="ExpectedSeq">Refused as <c>conflict</c> when assignment or status changed after this seq.</param>
public sealed record AssignConversation(
    [property: JsonRequired] ConversationId ConversationId,
    [property: JsonRequired] Guid ClientId,
    OperatorId? OperatorId = null,
    TeamId? TeamId = null,
    int? ExpectedSeq = null
);

/// <summary>Like <see cref="AssignConversation"/>, with a word to the next operator, stored as a note in the same commit.</summary>
/// <param name="ConversationId">Which.</param>
/// <param name="ClientId">Made once for this change.</param>
/// <param name="OperatorId">A member of the inbox.</param>
/// <param name="TeamId">A team of the inbox.</param>
/// <param name="Text">For staff, 1 to <see cref="Limits.BodyLength"/>.</param>
/// <param name="ExpectedSeq">Refused as <c>conflict</c> when assignment or status changed after this seq.</param>
public sealed record TransferConversation(
    [property: JsonRequired] ConversationId ConversationId,
    [property: JsonRequired] Guid ClientId,
    OperatorId? OperatorId = null,
    TeamId? TeamId = null,
    string? Text = null,
    int? ExpectedSeq = null
);

/// <summary>Writes a note.</summary>
/// <param name="ConversationId">Where.</param>
/// <param name="ClientId">Made once for this note.</param>
/// <param name="Body">1 to <see cref="Limits.BodyLength"/>.</param>
/// <param name="ReplyTo">Seq of the message or note answered.</param>
public sealed record WriteNote(
    [property: JsonRequired] ConversationId ConversationId,
    [property: JsonRequired] Guid ClientId,
    [property: JsonRequired] string Body,
    int? ReplyTo = null
);

/// <summary>Changes the status.</summary>
/// <param name="ConversationId">Which.</param>
/// <param name="ClientId">Made once for this change.</param>
/// <param name="Status">The new status. Open needs an assignee; queued drops assignee and team.</param>
/// <param name="SnoozeUntil">With snoozed: when it comes back, in the future and within <see cref="Limits.SnoozeDays"/>.</param>
/// <param name="ExpectedSeq">Refused as <c>conflict</c> when assignment or status changed after this seq.</param>
public sealed record SetStatus(
    [property: JsonRequired] ConversationId ConversationId,
    [property: JsonRequired] Guid ClientId,
    [property: JsonRequired] ConversationStatus Status,
    DateTimeOffset? SnoozeUntil = null,
    int? ExpectedSeq = null
);

/// <summary>Adds and removes tags.</summary>
/// <param name="ConversationId">Which.</param>
/// <param name="ClientId">Made once for this change.</param>
/// <param name="Add">Tags to add; those already there are left out of the event.</param>
/// <param name="Remove">Tags to remove.</param>
public sealed record TagConversation(
    [property: JsonRequired] ConversationId ConversationId,
    [property: JsonRequired] Guid ClientId,
    IReadOnlyList<string>? Add = null,
    IReadOnlyList<string>? Remove = null
);

/// <summary>An operator says whether they take conversations.</summary>
/// <param name="Availability">Online, away or offline.</param>
/// <param name="Capacity">How many open conversations they take, 1 to 100; absent leaves it.</param>
public sealed record SetAvailability([property: JsonRequired] Availability Availability, int? Capacity = null);

/// <summary>Names one conversation: Leave, Viewing.</summary>
/// <param name="ConversationId">Which.</param>
public sealed record ConversationRef([property: JsonRequired] ConversationId ConversationId);
