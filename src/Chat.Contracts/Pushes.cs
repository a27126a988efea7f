using System.Text.Json.Serialization;

namespace Chat.Contracts;

/// <summary>A staff event as visitors get it: <c>{conversationId, epoch, seq}</c> and nothing else.</summary>
/// <param name="ConversationId">The conversation.</param>
/// <param name="Epoch">Generation of the log.</param>
/// <param name="Seq">The position that has nothing to show.</param>
public sealed record Skip(ConversationId ConversationId, int Epoch, int Seq);

/// <summary>Somebody's cursor moved.</summary>
/// <param name="ConversationId">The conversation.</param>
/// <param name="Side">Visitor or operator.</param>
/// <param name="OperatorId">The operator; absent on the visitor's side, and absent in what a visitor gets.</param>
/// <param name="DeliveredSeq">Everything up to here reached a device.</param>
/// <param name="ReadSeq">Everything up to here was seen.</param>
public sealed record CursorMoved(ConversationId ConversationId, Side Side, OperatorId? OperatorId, int DeliveredSeq, int ReadSeq);

/// <summary>What an ephemeral notice is about.</summary>
[JsonConverter(typeof(WordConverter<EphemeralType>))]
public enum EphemeralType
{
    /// <summary>Somebody writes.</summary>
    Typing = 0,

    /// <summary>An operator looks at the conversation. Staff only.</summary>
    Viewing = 1,

    /// <summary>Somebody came or left.</summary>
    Presence = 2,

    /// <summary>The visitor's place in the queue.</summary>
    Queue = 3,
}

/// <summary>Never stored, never acknowledged; forgotten after <c>ttlMs</c>.</summary>
/// <param name="ConversationId">The conversation.</param>
/// <param name="Type">Typing, viewing, presence or queue.</param>
/// <param name="Actor">Who; absent on queue.</param>
/// <param name="TtlMs">How long it holds, in milliseconds.</param>
/// <param name="Preview">On typing towards operators: the text so far, where the inbox allows it.</param>
/// <param name="Online">On presence.</param>
/// <param name="Position">On queue: 1 is next.</param>
public sealed record Ephemeral(
    ConversationId ConversationId,
    EphemeralType Type,
    Actor? Actor,
    int TtlMs,
    string? Preview = null,
    bool? Online = null,
    int? Position = null
);

/// <summary>A line of an operator's list changed.</summary>
/// <param name="InboxId">The inbox.</param>
/// <param name="Row">The whole new line.</param>
public sealed record InboxChange(InboxId InboxId, InboxRow Row);

/// <summary>The client missed something and must call <c>Sync</c> (without a conversation: <c>Hello</c>).</summary>
/// <param name="ConversationId">Where; absent: everywhere.</param>
/// <param name="Reason">overflow, epoch, opened.</param>
public sealed record Resync(ConversationId? ConversationId, string Reason);

/// <summary>The server will close this connection; reconnect elsewhere within a second of jitter.</summary>
/// <param name="Reason">A code of <see cref="DisconnectReason"/>.</param>
public sealed record GoAway(string Reason);
