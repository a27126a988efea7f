using Chat.Contracts;

namespace Chat.Server.Conversations;

/// <summary>
/// A change of one conversation that needs its rules: pure, so that it can be tried again and runs alike on every store. The store locks the
/// conversation, finds repeats by (clientId, fingerprint), loads what is asked for and calls <see cref="Decide"/> under the lock.
/// </summary>
internal abstract record ConversationChange
{
    /// <summary>Which conversation.</summary>
    public required ConversationId ConversationId { get; init; }

    /// <summary>Idempotency key.</summary>
    public required Guid ClientId { get; init; }

    /// <summary>Who changes it.</summary>
    public required Actor Author { get; init; }

    /// <summary>Tells a repeat from another change under the same clientId.</summary>
    public required long Fingerprint { get; init; }

    /// <summary>Seq of the event to load into <see cref="LockedConversation.Target"/>.</summary>
    public virtual int? TargetSeq => null;

    /// <summary>The caller has seen everything up to here; later events of others come in <see cref="LockedConversation.Unseen"/>.</summary>
    public int? ExpectedSeq { get; init; }

    /// <summary>What is to be stored. No side effects: it may run again.</summary>
    /// <param name="conversation">State under the lock.</param>
    public abstract Decision Decide(LockedConversation conversation);
}

/// <summary>A conversation under its lock.</summary>
internal sealed record LockedConversation
{
    /// <summary>State before the change.</summary>
    public required ConversationState State { get; init; }

    /// <summary>The inbox it belongs to.</summary>
    public required InboxId InboxId { get; init; }

    /// <summary>Days after closing within which the visitor's message reopens it.</summary>
    public required int ReopenDays { get; init; }

    /// <summary>So many conversations that are not closed a visitor may have of their own doing.</summary>
    public required int OpenLimit { get; init; }

    /// <summary>So many others of its visitor are not closed. Counted of a closed one only.</summary>
    public required int OpenOthers { get; init; }

    /// <summary>The store's clock, not before the last event's time.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>Head of the log.</summary>
    public required int LastSeq { get; init; }

    /// <summary>The event of <see cref="ConversationChange.TargetSeq"/> as it stands now, if there is one.</summary>
    public ChatEvent? Target { get; init; }

    /// <summary>Messages and notes by others after the expected seq, ascending, at most 100. Empty without an expected seq.</summary>
    public IReadOnlyList<ChatEvent> Unseen { get; init; } = [];
}

/// <summary>The part of a conversation that changes.</summary>
internal sealed record ConversationState
{
    public required ConversationStatus Status { get; init; }

    public DateTimeOffset? SnoozedUntil { get; init; }

    public OperatorFace? Assignee { get; init; }

    public TeamFace? Team { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    public int? Rating { get; init; }

    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>Since when a visitor's message waits for an answer.</summary>
    public DateTimeOffset? WaitingSince { get; init; }

    /// <summary>Seq of the newest assigned or status event; compare-and-set is against it.</summary>
    public required int StateSeq { get; init; }
}

/// <summary>What a change stores, or why it is refused.</summary>
internal sealed record Decision
{
    /// <summary>Set: nothing is stored.</summary>
    public ErrorCode? Refusal { get; init; }

    /// <summary>With <see cref="ErrorCode.Invalid"/>: what of the request is refused.</summary>
    public FieldError? Field { get; init; }

    /// <summary>With <see cref="ErrorCode.StaleView"/>: what the caller had not seen.</summary>
    public IReadOnlyList<ChatEvent> Missing { get; init; } = [];

    /// <summary>Events in order; seqs follow the head. Empty without refusal: there was nothing to change.</summary>
    public IReadOnlyList<NewEvent> Events { get; init; } = [];

    /// <summary>State after the change.</summary>
    public ConversationState? State { get; init; }

    /// <summary>An earlier event that changes in the same commit.</summary>
    public TargetPatch? Patch { get; init; }

    public static Decision Refuse(ErrorCode code) => new() { Refusal = code };

    public static Decision Refuse(string field, FieldFault why) => new() { Refusal = why.Refusal, Field = new FieldError(field, why.Code) };

    public static Decision Nothing { get; } = new();
}

/// <summary>An event about to be stored.</summary>
/// <param name="Type">What it says.</param>
/// <param name="Audience">Who may see it.</param>
/// <param name="Actor">Who did it.</param>
/// <param name="Data">What it carries.</param>
/// <param name="IsAnswer">The one that the change's clientId names and its caller gets; exactly one of a decision's events.</param>
internal sealed record NewEvent(EventType Type, Audience Audience, Actor Actor, EventData Data, bool IsAnswer = false);

/// <summary>How an earlier message or note changes.</summary>
/// <param name="Seq">Which.</param>
/// <param name="Body">Its new text; null erases it, and the texts of its edits too.</param>
/// <param name="BySeq">Seq of the edit or deletion.</param>
/// <param name="Deleted">Deletion (true) or edit.</param>
internal sealed record TargetPatch(int Seq, string? Body, int BySeq, bool Deleted);

/// <summary>What became of a change.</summary>
internal sealed record ChangeResult
{
    /// <summary>Set: nothing was stored.</summary>
    public ErrorCode? Refusal { get; init; }

    /// <summary>With <see cref="ErrorCode.Invalid"/>: what of the request is refused.</summary>
    public FieldError? Field { get; init; }

    /// <summary>With <see cref="ErrorCode.StaleView"/>.</summary>
    public IReadOnlyList<ChatEvent> Missing { get; init; } = [];

    /// <summary>The change was stored before.</summary>
    public bool Duplicate { get; init; }

    /// <summary>Inbox of the conversation.</summary>
    public InboxId InboxId { get; init; }

    /// <summary>The event that the clientId names, as it stands now; null when there was nothing to change.</summary>
    public ChatEvent? Answer { get; init; }

    /// <summary>All events stored now, ascending.</summary>
    public IReadOnlyList<ChatEvent> Events { get; init; } = [];
}
