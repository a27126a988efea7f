using Chat.Contracts;

namespace Chat.Client;

/// <summary>How far a side has received and read.</summary>
/// <param name="DeliveredSeq">Everything up to here reached a device. 0: nothing.</param>
/// <param name="ReadSeq">Everything up to here was seen. 0: nothing.</param>
public readonly record struct Marks(int DeliveredSeq, int ReadSeq);

/// <summary>How far the sides have got.</summary>
/// <param name="Own">The caller's.</param>
/// <param name="Other">The other side's, the farthest of all.</param>
public sealed record ConversationCursors(Marks Own, Marks Other);

/// <summary>Somebody who types.</summary>
/// <param name="Actor">Who.</param>
/// <param name="Preview">The text so far, towards operators and where the inbox allows it.</param>
public sealed record TypingState(Actor Actor, string? Preview);

/// <summary>A conversation as an app shows it: a snapshot, replaced and never changed.</summary>
public sealed record ConversationState
{
    /// <summary>The server's id; the one that opening gave until the server has given its own.</summary>
    public required ConversationId Id { get; init; }

    /// <summary>What the server tells of it; absent until the server has opened it.</summary>
    public Conversation? Conversation { get; init; }

    /// <summary>Queued, open, snoozed or closed.</summary>
    public ConversationStatus Status { get; init; }

    /// <summary>Generation of the log. 0: none is held.</summary>
    public int Epoch { get; init; }

    /// <summary>Highest contiguous seq that is held.</summary>
    public int Seq { get; init; }

    /// <summary>Ascending; what is not sent yet comes last.</summary>
    public required IReadOnlyList<TimelineItem> Items { get; init; }

    /// <summary>Whether there are events before the first one held.</summary>
    public bool HasOlder { get; init; }

    /// <summary>Whether they are being fetched.</summary>
    public bool LoadingOlder { get; init; }

    /// <summary>The other side's messages after one's own read mark, among those that are held.</summary>
    public int Unread { get; init; }

    /// <summary>How far the sides have got.</summary>
    public required ConversationCursors Cursors { get; init; }

    /// <summary>Who types now.</summary>
    public IReadOnlyList<TypingState> Typing { get; init; } = [];

    /// <summary>Operators who look at it now. For operators.</summary>
    public IReadOnlyList<Actor> Viewing { get; init; } = [];

    /// <summary>Of the visitor for operators, of the assignee for visitors; absent when not known.</summary>
    public bool? Online { get; init; }

    /// <summary>The visitor's place in the queue: 1 is next; absent when not known.</summary>
    public int? QueuePosition { get; init; }
}

/// <summary>Whom the server takes a visitor's device for.</summary>
/// <param name="VisitorId">Minted by the server; absent before the first session.</param>
/// <param name="Identified">Whether the host has vouched for him.</param>
public sealed record VisitorSessionState(VisitorId? VisitorId, bool Identified);
