namespace Chat.Contracts;

/// <summary>Methods of both hubs. A method's result is its acknowledgement: nothing is acknowledged before its commit.</summary>
public interface IChatHub
{
    /// <summary>Subscribes, then reads: what the client lacks of its conversations. First call on every connection.</summary>
    Task<HelloResult> Hello(Hello request);

    /// <summary>What came after the cursors.</summary>
    Task<SyncResult> Sync(Sync request);

    /// <summary>Stores a message or note. Waits at most 5 s, then <c>unavailable</c>.</summary>
    Task<SendResult> Send(SendMessage request);

    /// <summary>Changes the text of an own message.</summary>
    Task<SendResult> Edit(EditMessage request);

    /// <summary>Erases an own message.</summary>
    Task<SendResult> Delete(DeleteMessage request);

    /// <summary>Moves the read cursor (and the delivered one with it).</summary>
    Task Read(MarkSeq request);

    /// <summary>Moves the delivered cursor.</summary>
    Task Delivered(MarkSeq request);

    /// <summary>Tells the other side that the caller types.</summary>
    Task Typing(TypingNotice request);

    /// <summary>A page of the log.</summary>
    Task<HistoryResult> History(HistoryQuery request);
}

/// <summary>Methods of <c>/hubs/visitor</c>.</summary>
public interface IVisitorHub : IChatHub
{
    /// <summary>Starts a conversation.</summary>
    Task<OpenResult> OpenConversation(OpenConversation request);

    /// <summary>Rates one.</summary>
    Task<SendResult> Rate(RateConversation request);

    /// <summary>Ends one.</summary>
    Task<SendResult> Close(ConversationCommand request);

    /// <summary>Wakes the caller's device for messages that it does not have, from now on.</summary>
    Task RegisterDevice(RegisterDevice request);
}

/// <summary>Methods of <c>/hubs/operator</c>.</summary>
public interface IOperatorHub : IChatHub
{
    /// <summary>Follows the lists of inboxes.</summary>
    Task<WatchResult> Watch(Watch request);

    /// <summary>Follows a conversation and reads it.</summary>
    Task<ConversationPage> Open(OpenQuery request);

    /// <summary>Follows it no longer.</summary>
    Task Leave(ConversationRef request);

    /// <summary>Takes a conversation that nobody has; of two at once one wins, the other gets <c>conflict</c>.</summary>
    Task<SendResult> Claim(ConversationCommand request);

    /// <summary>Gives it to an operator, a team or the queue.</summary>
    Task<SendResult> Assign(AssignConversation request);

    /// <summary>Gives it on with a note.</summary>
    Task<SendResult> Transfer(TransferConversation request);

    /// <summary>Writes a note.</summary>
    Task<SendResult> Note(WriteNote request);

    /// <summary>Opens, snoozes, closes or requeues it.</summary>
    Task<SendResult> SetStatus(SetStatus request);

    /// <summary>Adds and removes tags.</summary>
    Task<SendResult> Tag(TagConversation request);

    /// <summary>Says whether the caller takes conversations.</summary>
    Task SetAvailability(SetAvailability request);

    /// <summary>Tells colleagues that the caller looks at a conversation.</summary>
    Task Viewing(ConversationRef request);
}

/// <summary>Names of what the server sends; a client registers a handler for each.</summary>
public static class Push
{
    /// <summary><see cref="ChatEvent"/>.</summary>
    public const string Event = "event";

    /// <summary><see cref="Contracts.Skip"/>.</summary>
    public const string Skip = "skip";

    /// <summary><see cref="CursorMoved"/>.</summary>
    public const string Cursor = "cursor";

    /// <summary><see cref="Contracts.Ephemeral"/>.</summary>
    public const string Ephemeral = "ephemeral";

    /// <summary><see cref="InboxChange"/>.</summary>
    public const string Inbox = "inbox";

    /// <summary><see cref="OperatorChange"/>.</summary>
    public const string Operator = "operator";

    /// <summary><see cref="Contracts.Resync"/>.</summary>
    public const string Resync = "resync";

    /// <summary><see cref="Contracts.GoAway"/>.</summary>
    public const string GoAway = "goAway";
}
