using Chat.Contracts;
using Chat.Server.Conversations;
using Chat.Server.Identity;
using Chat.Server.Storage.Reading;

namespace Chat.Server.Storage;

/// <summary>
/// The log: the only truth. Per conversation gap-free seqs, each given inside the transaction that stores its event. Reads go to the primary and
/// return messages as they stand now, for staff; callers project (<see cref="Projection"/>). What many ask at once when sockets come back
/// (owners, pages) is read together (<see cref="SharedRead{TAsk,TAnswer}"/>).
/// </summary>
internal interface IEventLog
{
    /// <summary>A writer with a connection of its own: one for each lane.</summary>
    ILogWriter CreateWriter();

    /// <summary>
    /// Stores a new conversation and its first events; repeated with the same (inbox, visitor, clientId) it returns the stored one. Null when it would be
    /// one more than the visitor may have.
    /// </summary>
    Task<OpenedConversation?> OpenAsync(NewConversation conversation, CancellationToken cancellation);

    /// <summary>The conversation that was opened under this clientId, or null.</summary>
    Task<ConversationId?> FindOpenedAsync(NewConversation conversation, CancellationToken cancellation);

    /// <summary>Who a conversation belongs to, or null.</summary>
    Task<ConversationOwner?> FindOwnerAsync(ConversationId id, CancellationToken cancellation);

    /// <summary>The same for many; unknown ones are left out. Readers take turns.</summary>
    Task<IReadOnlyList<ConversationOwner>> FindOwnersAsync(
        IReadOnlyCollection<ConversationId> ids,
        Guid reader,
        CancellationToken cancellation
    );

    /// <summary>The visitor's conversations, newest first, closed ones too.</summary>
    Task<IReadOnlyList<ConversationOwner>> FindOwnedAsync(VisitorId visitor, int limit, CancellationToken cancellation);

    /// <summary>
    /// What came after each cursor, oldest first, at most as many events and bytes as the ask says. A cursor of another epoch, or ahead of the log, gets
    /// <c>reset</c> and the newest page; a cursor at 0 gets the newest page without <c>reset</c>. Unknown conversations are left out.
    /// </summary>
    Task<IReadOnlyList<ConversationPage>> ReadPagesAsync(PagesAsk ask, CancellationToken cancellation);

    /// <summary>The same for the node itself.</summary>
    Task<IReadOnlyList<ConversationPage>> ReadPagesAsync(IReadOnlyList<Cursor> cursors, int limit, CancellationToken cancellation) =>
        ReadPagesAsync(new PagesAsk(cursors, limit), cancellation);

    /// <summary>A page of one conversation's events, at most <see cref="ReadBytes.History"/>. See <see cref="HistoryQuery"/>.</summary>
    Task<HistoryResult> ReadHistoryAsync(ConversationId id, int? before, int? after, int limit, CancellationToken cancellation);

    /// <summary>Heads and cursors, for repair. Never from a cache. Unknown conversations are left out.</summary>
    Task<HeadsResult> ReadHeadsAsync(IReadOnlyCollection<ConversationId> ids, CancellationToken cancellation);

    /// <summary>Heads of everything that is not closed in these inboxes.</summary>
    Task<OpenHeadsResult> ReadOpenHeadsAsync(IReadOnlyCollection<InboxId> inboxes, CancellationToken cancellation);

    /// <summary>The first queued conversations of this inbox in the order of their opening.</summary>
    Task<IReadOnlyList<ConversationId>> ReadQueueAsync(InboxId inbox, int limit, CancellationToken cancellation);

    /// <summary>Rows of these conversations, for operators' lists.</summary>
    Task<IReadOnlyList<InboxChange>> ReadRowsAsync(IReadOnlyCollection<ConversationId> ids, CancellationToken cancellation);

    /// <summary>What an operator sees first of an inbox, of what is not closed: their own, then the longest waiting, one of each visitor before a second.</summary>
    Task<WaitingRows> ReadWaitingAsync(InboxId inbox, OperatorId mine, int limit, CancellationToken cancellation);

    /// <summary>
    /// A page of conversations: of what is not closed the longest open first, one of each visitor before a second; of what is closed the last closed first;
    /// of both, and of a visitor's, the last opened first.
    /// </summary>
    Task<RowPage> ListAsync(RowQuery query, CancellationToken cancellation);

    /// <summary>
    /// Moves cursors, never backwards and never past the head; returns those that moved, as they are now. What a device says that it has waits for no push to it any
    /// more, whether the cursor moved or not.
    /// </summary>
    Task<IReadOnlyList<CursorMoved>> MoveCursorsAsync(IReadOnlyList<CursorMove> moves, CancellationToken cancellation);

    /// <summary>Snoozed conversations whose time has come, at most <paramref name="limit"/>, with the clientId that makes waking idempotent.</summary>
    Task<IReadOnlyList<DueWake>> ReadDueAsync(DateTimeOffset now, int limit, CancellationToken cancellation);

    /// <summary>The generation of the log.</summary>
    Task<int> ReadEpochAsync(CancellationToken cancellation);

    /// <summary>Starts a new generation: every client starts again from a snapshot.</summary>
    Task<int> RaiseEpochAsync(CancellationToken cancellation);
}

/// <summary>
/// Appends of one lane, one call at a time. A <see cref="StoreUnavailableException"/> means: make the identical call again. Any other exception
/// means that the call itself cannot be stored, and that nothing of it was.
/// </summary>
internal interface ILogWriter : IAsyncDisposable
{
    /// <summary>
    /// Stores a batch of messages and notes in one commit; results are in the order of the batch. A batch must not name one (conversation, clientId)
    /// twice, nor a conversation twice when one of its items has an expectedSeq.
    /// </summary>
    Task<AppendResult[]> AppendAsync(IReadOnlyList<MessageAppend> batch, CancellationToken cancellation);

    /// <summary>Stores one change: locks the conversation, looks for a repeat, lets the change decide, stores what it decided, in one commit.</summary>
    Task<ChangeResult> ChangeAsync(ConversationChange change, CancellationToken cancellation);
}

/// <summary>A message or note on its way into the log; texts are checked and masked.</summary>
/// <param name="ConversationId">Where.</param>
/// <param name="ClientId">Its idempotency key.</param>
/// <param name="Type">Message or note.</param>
/// <param name="Author">Visitor or operator.</param>
/// <param name="Body">The text.</param>
/// <param name="ReplyTo">Seq answered.</param>
/// <param name="ExpectedSeq">Only when the head is not past it does the batch take the item.</param>
/// <param name="Fingerprint">See <see cref="Messages.Fingerprint"/>.</param>
internal sealed record MessageAppend(
    ConversationId ConversationId,
    Guid ClientId,
    EventType Type,
    Actor Author,
    string Body,
    int? ReplyTo,
    int? ExpectedSeq,
    long Fingerprint
);

/// <summary>What became of one item of a batch.</summary>
internal enum AppendStatus
{
    /// <summary>Stored now.</summary>
    Appended = 0,

    /// <summary>Stored before, with the same fingerprint; Seq is that event's.</summary>
    Duplicate = 1,

    /// <summary>The clientId was used for something else.</summary>
    Conflict = 2,

    /// <summary>No such conversation.</summary>
    NotFound = 3,

    /// <summary>
    /// Not stored: needs the rules (the conversation is closed, or snoozed and the author is its visitor, or replyTo is no event of it, or the head is
    /// past expectedSeq). The lane then makes it a change.
    /// </summary>
    NeedsRules = 4,
}

/// <summary>Answer to one item of a batch.</summary>
/// <param name="Status">What became of it.</param>
/// <param name="InboxId">Inbox of the conversation; empty when not found.</param>
/// <param name="Epoch">Generation of the log.</param>
/// <param name="Seq">Of the stored event; 0 when there is none.</param>
/// <param name="At">When it was stored; for appended only.</param>
internal readonly record struct AppendResult(AppendStatus Status, InboxId InboxId, int Epoch, int Seq, DateTimeOffset At);

/// <summary>A conversation to open, with the visitor who opens it (his row is made when it is not there).</summary>
/// <param name="Id">Minted by the caller, UUIDv7.</param>
/// <param name="InboxId">Where.</param>
/// <param name="VisitorId">Who.</param>
/// <param name="VisitorName">Display name, if known.</param>
/// <param name="ClientId">Idempotency key within (inbox, visitor).</param>
/// <param name="Topic">Masked.</param>
/// <param name="Page">Masked.</param>
/// <param name="Fields">Masked.</param>
/// <param name="Device">What the visitor came with, if known.</param>
/// <param name="Notice">Code of a system event right after the first event; null: none.</param>
/// <param name="OpenLimit">Refused when the visitor has as many conversations that are not closed. By default there is no limit.</param>
internal sealed record NewConversation(
    ConversationId Id,
    InboxId InboxId,
    VisitorId VisitorId,
    string? VisitorName,
    Guid ClientId,
    string? Topic,
    string? Page,
    IReadOnlyDictionary<string, string>? Fields,
    CallerDevice? Device,
    string? Notice = null,
    int OpenLimit = int.MaxValue
);

/// <summary>Answer to <see cref="IEventLog.OpenAsync"/>.</summary>
/// <param name="Duplicate">Whether it was there before.</param>
/// <param name="Page">The conversation with its first events: seq 1 is <c>status</c> queued by the visitor.</param>
internal sealed record OpenedConversation(bool Duplicate, ConversationPage Page);

/// <summary>Who a conversation belongs to.</summary>
internal sealed record ConversationOwner(ConversationId Id, InboxId InboxId, VisitorId VisitorId);

/// <summary>Head of a conversation's log and everybody's cursors.</summary>
internal sealed record ConversationHead(ConversationId Id, InboxId InboxId, int Seq, IReadOnlyList<SideCursor> Cursors);

/// <summary>Heads of the conversations asked for.</summary>
internal sealed record HeadsResult(int Epoch, IReadOnlyList<ConversationHead> Heads);

/// <summary>Head of a conversation that is not closed.</summary>
internal readonly record struct OpenHead(InboxId InboxId, ConversationId Id, int Seq);

/// <summary>Heads of everything not closed.</summary>
internal sealed record OpenHeadsResult(int Epoch, IReadOnlyList<OpenHead> Heads);

/// <summary>Which conversations a list shows. All filters must hold.</summary>
/// <param name="Inboxes">Of these inboxes.</param>
/// <param name="Statuses">In these states; null: any.</param>
/// <param name="Assignee">Of this operator; null: any.</param>
/// <param name="Visitor">Of this visitor; null: any.</param>
/// <param name="After">Where the page before ended.</param>
/// <param name="Limit">Rows.</param>
internal sealed record RowQuery(
    IReadOnlyList<InboxId> Inboxes,
    IReadOnlyList<ConversationStatus>? Statuses,
    OperatorId? Assignee,
    VisitorId? Visitor,
    ListKey? After,
    int Limit
);

/// <summary>A page of rows.</summary>
/// <param name="Rows">The rows.</param>
/// <param name="Next">Where the next one begins; null: there is none.</param>
internal sealed record RowPage(IReadOnlyList<InboxChange> Rows, ListKey? Next);

/// <summary>The first rows of an inbox, and whether there are more.</summary>
internal sealed record WaitingRows(IReadOnlyList<InboxRow> Rows, bool HasMore);

/// <summary>Somebody received or read up to a seq.</summary>
/// <param name="ConversationId">Where.</param>
/// <param name="Side">Visitor or operator.</param>
/// <param name="OperatorId">On the operator's side.</param>
/// <param name="DeliveredSeq">0: leaves it.</param>
/// <param name="ReadSeq">0: leaves it; moves delivered too.</param>
internal sealed record CursorMove(ConversationId ConversationId, Side Side, OperatorId? OperatorId, int DeliveredSeq, int ReadSeq)
{
    /// <summary>Of a visitor: the device that says so.</summary>
    public Guid? DeviceId { get; init; }
}

/// <summary>A snoozed conversation whose time has come.</summary>
internal sealed record DueWake(ConversationId Id, Guid ClientId);
