namespace Chat.Conformance.Mutants;

/// <summary>What is wrong with a mutant; see <see cref="DefectTable"/>.</summary>
internal enum Defect
{
    /// <summary>Nothing: the client is right.</summary>
    None,
    EditsNotApplied,
    DeletionsNotApplied,
    EditsNotSent,
    DeletionsNotSent,
    DeletedCountsAsUnread,
    OlderEditWins,
    FirstEditWins,
    OwnCountsAsUnread,
    EveryEventCountsAsUnread,
    ReadNotSent,
    HiddenReads,
    ReadForgottenAtRestart,
    DeliveredNotSent,
    DeliveredTooOften,
    ReceiptsIgnored,
    ReceiptsAlwaysRead,
    CursorPushesIgnored,
    CursorsOfPagesIgnored,
    CursorsGoBack,
    HolesIgnored,
    HoleIsWaitedOut,
    AppliedAsTheyCome,
    RepeatsApplied,
    SkipsNotCounted,
    SkipsShown,
    UnknownEventShown,
    UnknownWordFails,
    UnknownPushFails,
    UnknownFieldFails,
    ResyncOfOneIgnored,
    ResyncOfAllIgnored,
    OpenedElsewhereIgnored,
    ResetIgnored,
    EpochKeepsWhatIsHeld,
    ResetDropsOutbox,
    GoAwayIgnored,
    GoAwayAtOnce,
    BackoffNeverReset,
    BackoffWithoutJitter,
    NoBackoff,
    GivesUp,
    ReconnectsWhenBlocked,
    ReconnectsWhenRevoked,
    ReconnectsWhenReplaced,
    ExpiredIsFinal,
    NeverRefreshed,
    LateRefresh,
    RefreshNotRotated,
    RefreshNotStored,
    UnavailableIsFinal,
    RateLimitedIsFinal,
    DrainingIsFinal,
    InternalIsFinal,
    ClosedIsRetried,
    TooLargeIsRetried,
    ConflictIsRetried,
    InvalidIsRetried,
    ForbiddenIsRetried,
    UnknownCodeIsRetried,
    RefusedVanishes,
    DiscardDoesNothing,
    RetryDoesNothing,
    TypedTextShown,
    OpenedTwice,
    SentTwice,
    DuplicateIsAFailure,
    UnansweredIsForgotten,
    WaitsForEver,
    LastInFirstOut,
    OutboxNotStored,
    PromisesBeforeStored,
    NotDurable,
    StorageWrittenInPlace,
    PromisesOnFullDisk,
    HasMoreIgnored,
    HistoryNotLoaded,
    HistoryOnePageOnly,
    HistoryWithoutBound,
    PiecesTakenForRecords,
    TooManyCursors,
    CursorsWithoutRoomForgotten,
    NoPings,
    NoRestFallback,
    LogoutKeepsFile,
    LogoutKeepsToken,
    LogoutKeepsDevice,
    LogoutKeepsOutbox,
    LogoutKeepsSession,
    OneConversationOnly,
    UnreadOfOneOnly,
    NewConversationsIgnored,
    OwnCursorIgnored,
    OtherDevicesAreOthers,
    IdentifyNotSent,
    StatusEventsIgnored,
    CloseNotSent,
    TypingNotSent,
    TypingAtEveryKey,
    TypingIgnored,
    EphemeralsNeverEnd,
    PresenceIgnored,
    QueueIgnored,
    QueueNeverLeft,
    ExpectedSeqNotSent,
    StaleTakenForSent,
    MissingNotShown,
    StaleSendsByItself,
    OlderRowWins,
    RowPushesIgnored,
    ClosedRowsStay,
    NotWatchedAgain,
    WatchAnswerWins,
    NotFollowedAgain,
    RestNeverReads,
    MarksSaidOnce,
    MarksSurviveEpoch,
}

/// <summary>The defect of this process, which is one client.</summary>
internal static class Mutant
{
    /// <summary>Set once, at the start.</summary>
    public static Defect Defect { get; set; }

    public static bool Has(Defect defect) => Defect == defect;
}

/// <summary>Each defect, the scenario that must see it, and the words of PROTOCOL.md that it goes against.</summary>
internal static class DefectTable
{
    public const string Text = """
        EditsNotApplied          | edited and deleted                 | Apply an edit only when its `seq` is greater
        DeletionsNotApplied      | edited and deleted                 | no `body` and `deletedSeq`
        EditsNotSent             | edited and deleted                 | **Edit** and **Delete** mean an own message or note
        DeletionsNotSent         | edited and deleted                 | **Edit** and **Delete** mean an own message or note
        DeletedCountsAsUnread    | edited and deleted                 | Unread are the other side's messages after one's own `readSeq`
        OlderEditWins            | edits come late                    | greater than the message's `editedSeq`
        FirstEditWins            | edited and deleted                 | greater than the message's `editedSeq`
        OwnCountsAsUnread        | read marks                         | Unread are the other side's messages after one's own `readSeq`
        EveryEventCountsAsUnread | edited and deleted                 | Unread are the other side's messages after one's own `readSeq`
        ReadNotSent              | read marks                         | **Read** moves delivered too
        HiddenReads              | read marks                         | A hidden tab does not read
        ReadForgottenAtRestart   | restarted unread                   | Unread are the other side's messages after one's own `readSeq`
        DeliveredNotSent         | read marks                         | `Delivered` at most once a second for each conversation
        DeliveredTooOften        | read marks                         | `Delivered` at most once a second for each conversation
        ReceiptsIgnored          | receipts                           | Show it as sending, sent, delivered, read
        ReceiptsAlwaysRead       | receipts                           | Show it as sending, sent, delivered, read
        CursorPushesIgnored      | receipts                           | take the greater of old and new, for each number
        CursorsOfPagesIgnored    | receipts                           | cursors {side, operatorId?, deliveredSeq, readSeq}
        CursorsGoBack            | receipts                           | take the greater of old and new, for each number
        HolesIgnored             | single pushes are dropped          | Wait at most 200 ms with what is larger, then `Sync`
        HoleIsWaitedOut          | single pushes are dropped          | Wait at most 200 ms with what is larger, then `Sync`
        AppliedAsTheyCome        | single pushes are swapped          | Apply `seq = last + 1`
        RepeatsApplied           | frames come twice                  | Drop what is smaller or equal
        SkipsNotCounted          | words it does not know             | its `seq` counts and nothing is shown
        SkipsShown               | words it does not know             | its `seq` counts and nothing is shown
        UnknownEventShown        | words it does not know             | An unknown type of event advances `seq` and shows nothing
        UnknownWordFails         | words it does not know             | Add a branch for words you do not know
        UnknownPushFails         | the server is a version later      | ignore names that you do not know
        UnknownFieldFails        | the server is a version later      | Unknown fields are ignored
        ResyncOfOneIgnored       | resync                             | call `Sync` for it; without a conversation `Hello`
        ResyncOfAllIgnored       | resync                             | call `Sync` for it; without a conversation `Hello`
        OpenedElsewhereIgnored   | two devices                        | and this one may not hold it yet: `Sync` from epoch 0 and seq 0
        ResetIgnored             | the database is restored           | Drop all that is held of the conversation and take this page
        EpochKeepsWhatIsHeld     | the database is restored           | when it changes, everything held is void
        ResetDropsOutbox         | the epoch rises while away         | A change has a `clientId` made once and kept across retries, restarts and nodes
        GoAwayIgnored            | goAway spread                      | connect again within 1 s of jitter
        GoAwayAtOnce             | goAway spread                      | connect again within 1 s of jitter
        BackoffNeverReset        | back-off                           | Reconnect for ever with full jitter, base 0.5 s, cap 30 s
        BackoffWithoutJitter     | back-off                           | Reconnect for ever with full jitter, base 0.5 s, cap 30 s
        NoBackoff                | back-off                           | Reconnect for ever with full jitter, base 0.5 s, cap 30 s
        GivesUp                  | back-off                           | Reconnect for ever with full jitter, base 0.5 s, cap 30 s
        ReconnectsWhenBlocked    | blocked                            | never after a reason whose reconnect is "no"
        ReconnectsWhenRevoked    | signed out elsewhere               | never after a reason whose reconnect is "no"
        ReconnectsWhenReplaced   | replaced                           | never after a reason whose reconnect is "no"
        ExpiredIsFinal           | three refreshes                    | The token expired; refresh it first
        LateRefresh              | the token is nearly over           | Refresh a token in the last fifth of its time, before connecting
        NeverRefreshed           | three refreshes                    | Without `refreshToken` a new anonymous visitor is minted
        RefreshNotRotated        | three refreshes                    | The refresh token rotates: store the new one
        RefreshNotStored         | three refreshes                    | The refresh token rotates: store the new one
        UnavailableIsFinal       | refused for a while                | Not possible right now. Keep the change and send it again
        RateLimitedIsFinal       | refused for a while                | Too many calls. REST answers say when to try again
        DrainingIsFinal          | refused for a while                | This node is going away. Connect again
        InternalIsFinal          | refused for a while                | The server failed. It has been logged
        ClosedIsRetried          | refused for good                   | Keep the text and offer a new conversation
        TooLargeIsRetried        | refused for good                   | The request is larger than the limits allow
        ConflictIsRetried        | refused for good                   | The state changed meanwhile, or the clientId was used for something else
        InvalidIsRetried         | refused for good                   | The request is malformed or out of range
        ForbiddenIsRetried       | refused for good                   | The caller may not do this
        UnknownCodeIsRetried     | refused for good                   | Take a code or a reason that you do not know as not retryable
        RefusedVanishes          | refused for good                   | or as not sent with a way to try again
        DiscardDoesNothing       | refused for good                   | or as not sent with a way to try again
        RetryDoesNothing         | refused for good                   | or as not sent with a way to try again
        TypedTextShown           | masked                             | show what comes back, not what was typed
        OpenedTwice              | opened during cuts                 | `OpenConversation` is idempotent by (inbox, visitor, `clientId`)
        SentTwice                | half-open: the server is not heard | A change has a `clientId` made once and kept across retries, restarts and nodes
        DuplicateIsAFailure      | half-open: the server is not heard | `event` is that one as it stands now
        UnansweredIsForgotten    | black hole                         | A call without an answer for 10 s is unknown: keep the item
        WaitsForEver             | half-open: the server is not heard | A call without an answer for 10 s is unknown: keep the item
        LastInFirstOut           | killed while offline               | Send in order for each conversation, one in flight
        OutboxNotStored          | killed while offline               | Persist it
        PromisesBeforeStored     | killed while offline               | Persist it
        NotDurable               | killed while offline               | Persist it
        StorageWrittenInPlace    | killed while sending               | Persist it
        PromisesOnFullDisk       | the disk is full for a while       | Persist it
        HasMoreIgnored           | long history                       | call `Sync` again from the last of them
        HistoryNotLoaded         | long history                       | there are older ones; fetch them with `History` when they are wanted
        HistoryOnePageOnly       | long history                       | `hasMore` is about the direction asked
        HistoryWithoutBound      | long history                       | `before`: the newest events with a smaller seq
        PiecesTakenForRecords    | long history                       | SignalR's JSON protocol over WebSocket with `skipNegotiation`
        TooManyCursors           | more than 200 conversations        | `Hello` on every connection, with all cursors (at most 200)
        CursorsWithoutRoomForgotten | more than 200 conversations     | and `Sync` with those that have no room
        NoPings                  | silence                            | send SignalR's ping (`{"type":6}`) every 15 s
        NoRestFallback           | no WebSocket comes through         | Where WebSocket is impossible: the same contract over REST
        LogoutKeepsFile          | logout leaves nothing              | wipe storage and outbox too
        LogoutKeepsToken         | logout leaves nothing              | wipe storage and outbox too
        LogoutKeepsDevice        | logout leaves nothing              | wipe storage and outbox too
        LogoutKeepsOutbox        | logout leaves nothing              | wipe storage and outbox too
        LogoutKeepsSession       | logout leaves nothing              | Logging out revokes it and closes the device's sockets
        OneConversationOnly      | two conversations                  | Keep for each conversation its `epoch` and the highest contiguous `seq`
        UnreadOfOneOnly          | two conversations                  | Unread are the other side's messages after one's own `readSeq`
        NewConversationsIgnored  | two devices                        | A visitor gets the newest 50 of their other conversations too
        OwnCursorIgnored         | two devices                        | Staff get one cursor for each operator, visitors one for all of them
        OtherDevicesAreOthers    | two devices                        | a visitor owns what the visitor's side wrote
        IdentifyNotSent          | identify                           | moves this device's anonymous conversations to them
        StatusEventsIgnored      | closed and reopened                | A visitor's message wakes a snoozed conversation and reopens a closed one
        CloseNotSent             | closed and reopened                | Closing a closed conversation changes nothing
        TypingNotSent            | typing                             | `Typing` at most every 3 s
        TypingAtEveryKey         | typing                             | `Typing` at most every 3 s
        TypingIgnored            | typing                             | Ephemerals: `typing`
        EphemeralsNeverEnd       | typing                             | forget it after `ttlMs`
        PresenceIgnored          | presence                           | visitors hear of the assignee
        QueueIgnored             | queue                              | The visitor of a queued conversation hears their `position`
        QueueNeverLeft           | queue                              | The visitor of a queued conversation hears their `position`
        ExpectedSeqNotSent       | operator: stale view               | The visitor or a colleague wrote after `expectedSeq`
        StaleTakenForSent        | operator: stale view               | `stale_view` (operators, with `expectedSeq`): not stored
        MissingNotShown          | operator: stale view               | `missing` has their messages and notes
        StaleSendsByItself       | operator: stale view               | Show them, then send again with a new `expectedSeq`
        OlderRowWins             | operator: rows                     | a row with a higher `seq` replaces, a lower one is dropped
        RowPushesIgnored         | operator: rows                     | a row with a higher `seq` replaces, a lower one is dropped
        ClosedRowsStay           | operator: rows                     | It gives what is not closed
        NotWatchedAgain          | operator: rows                     | `Watch` again what was watched
        WatchAnswerWins          | operator: late answers             | what a push has brought since the call counts
        NotFollowedAgain         | operator: late answers             | The server subscribes the connection first and reads second
        RestNeverReads           | REST from the start                | which brings cursors too
        MarksSaidOnce            | read marks                         | or that was refused, is said again on the next connection, with what holds then
        MarksSurviveEpoch        | the database is restored           | Then drop what was held, the cursors too: those of the page count
        """;
}
