namespace Chat.Contracts;

/// <summary>Sizes and rates. Lengths are UTF-16 units; a text over one is refused as <c>too_large</c>.</summary>
public static class Limits
{
    /// <summary>Body of a message, note or edit: some 1,300 words, far above what support chats see.</summary>
    public const int BodyLength = 8_000;

    /// <summary>Typing preview.</summary>
    public const int PreviewLength = 500;

    /// <summary>Topic of a conversation.</summary>
    public const int TopicLength = 200;

    /// <summary>Address of a page.</summary>
    public const int PageLength = 2_000;

    /// <summary>Rating comment.</summary>
    public const int CommentLength = 2_000;

    /// <summary>Fields of a conversation.</summary>
    public const int Fields = 20;

    /// <summary>Name of a field.</summary>
    public const int FieldNameLength = 64;

    /// <summary>Value of a field.</summary>
    public const int FieldValueLength = 1_000;

    /// <summary>Tags on one conversation.</summary>
    public const int Tags = 32;

    /// <summary>A tag.</summary>
    public const int TagLength = 64;

    /// <summary>A display name.</summary>
    public const int NameLength = 100;

    /// <summary>Locales of one text of an inbox.</summary>
    public const int Locales = 10;

    /// <summary>A text of an inbox in one locale.</summary>
    public const int LocalTextLength = 1_000;

    /// <summary>Fields of a pre-chat form.</summary>
    public const int FormFields = 10;

    /// <summary>Options of one select field.</summary>
    public const int FormOptions = 50;

    /// <summary>Open times in a week.</summary>
    public const int OpenPeriods = 50;

    /// <summary>Holidays of an inbox.</summary>
    public const int Holidays = 100;

    /// <summary>Shortcut of a canned reply.</summary>
    public const int ShortcutLength = 32;

    /// <summary>Canned replies of one operator, and shared ones of one inbox.</summary>
    public const int CannedReplies = 500;

    /// <summary>Why a visitor is blocked.</summary>
    public const int ReasonLength = 500;

    /// <summary>Conversations that a visitor opened and that are not closed, unless the inbox says otherwise; beyond it <c>conflict</c>.</summary>
    public const int OpenConversations = 5;

    /// <summary>Connections of one visitor to one node; the oldest is closed as <c>replaced</c>.</summary>
    public const int VisitorConnections = 10;

    /// <summary>Connections of one operator to one node; the oldest is closed as <c>replaced</c>.</summary>
    public const int OperatorConnections = 20;

    /// <summary>A client's name and version.</summary>
    public const int SdkLength = 64;

    /// <summary>A BCP 47 tag.</summary>
    public const int LocaleLength = 16;

    /// <summary>Cursors in one Hello or Sync.</summary>
    public const int Cursors = 200;

    /// <summary>Events in one page of history.</summary>
    public const int HistoryPage = 200;

    /// <summary>Events in one page of Hello, Sync and Open.</summary>
    public const int SyncPage = 100;

    /// <summary>Rows of one inbox in a Watch.</summary>
    public const int WatchRows = 200;

    /// <summary>Inboxes in one Watch.</summary>
    public const int WatchInboxes = 100;

    /// <summary>Text of a row's last message.</summary>
    public const int RowTextLength = 120;

    /// <summary>Longest snooze, days.</summary>
    public const int SnoozeDays = 365;

    /// <summary>One frame from a client, bytes; over it the connection is closed with <c>too_large</c>.</summary>
    public const int FrameBytes = 64 * 1024;

    /// <summary>A frame before Hello is answered, bytes: room for the longest Hello. Over it the connection is closed with <c>too_large</c>.</summary>
    public const int HelloBytes = 24 * 1024;

    /// <summary>A connection that sends no whole frame for so long is closed with <c>invalid</c>, milliseconds. Ping every 15 s.</summary>
    public const int SilenceMs = 30_000;

    /// <summary>How long a frame may take to come whole, the handshake too, milliseconds; then the connection is closed with <c>invalid</c>.</summary>
    public const int UnfinishedMs = 10_000;

    /// <summary>Changes (Send, Edit …) a connection may make a second, sustained.</summary>
    public const int ChangesPerSecond = 10;

    /// <summary>Changes a connection may make at once after a pause.</summary>
    public const int ChangesBurst = 40;

    /// <summary>Other calls (Hello, Sync, History, Read, Typing …) a second, sustained.</summary>
    public const int CallsPerSecond = 20;

    /// <summary>Other calls at once after a pause.</summary>
    public const int CallsBurst = 100;

    /// <summary>How long a Send may wait on the server, milliseconds; then <c>unavailable</c>.</summary>
    public const int SendTimeoutMs = 5_000;

    /// <summary>How long a REST call may wait for the next event, milliseconds: below what proxies take for a dead request.</summary>
    public const int WaitMs = 25_000;

    /// <summary>REST calls of one user that may wait for events at once; more are <c>rate_limited</c>.</summary>
    public const int Waits = 8;

    /// <summary>REST calls of one user at once, until their answers are taken, and as many more that wait for events.</summary>
    public const int CallsAtOnce = 16;

    /// <summary>Name of a push platform.</summary>
    public const int PlatformLength = 32;

    /// <summary>A device's address at its push platform.</summary>
    public const int PushTokenLength = 4_096;

    /// <summary>Rows in one page of <c>GET /api/v1/conversations</c>.</summary>
    public const int ListPage = 100;

    /// <summary>How long typing holds, milliseconds.</summary>
    public const int TypingTtlMs = 6_000;

    /// <summary>How long viewing holds, milliseconds.</summary>
    public const int PresenceTtlMs = 45_000;

    /// <summary>How long presence holds, milliseconds: no connection lives longer, and a change is told.</summary>
    public const int OnlineTtlMs = 3_600_000;

    /// <summary>How long a place in the queue holds, milliseconds; it is repeated before that.</summary>
    public const int QueueTtlMs = 60_000;

    /// <summary>Places in an inbox's queue that are told; who waits behind them hears his when he comes among them.</summary>
    public const int QueuePlaces = 1_000;
}

/// <summary>The limits that a client must know, as Hello gives them.</summary>
/// <param name="BodyLength">See <see cref="Limits.BodyLength"/>.</param>
/// <param name="HistoryPage">See <see cref="Limits.HistoryPage"/>.</param>
/// <param name="Cursors">See <see cref="Limits.Cursors"/>.</param>
/// <param name="ChangesPerSecond">See <see cref="Limits.ChangesPerSecond"/>.</param>
/// <param name="TypingTtlMs">See <see cref="Limits.TypingTtlMs"/>.</param>
public sealed record ClientLimits(int BodyLength, int HistoryPage, int Cursors, int ChangesPerSecond, int TypingTtlMs)
{
    /// <summary>The limits of this version.</summary>
    public static ClientLimits Current { get; } =
        new(Limits.BodyLength, Limits.HistoryPage, Limits.Cursors, Limits.ChangesPerSecond, Limits.TypingTtlMs);
}

/// <summary>Numbers of the protocol between client and server.</summary>
public static class ProtocolVersion
{
    /// <summary>What this server speaks.</summary>
    public const int Current = 1;

    /// <summary>The oldest it still serves; below that <c>upgrade_required</c>.</summary>
    public const int Oldest = 1;
}
