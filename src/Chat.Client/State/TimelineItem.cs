using Chat.Contracts;

namespace Chat.Client;

/// <summary>How far a line of a timeline has got.</summary>
public enum ItemState
{
    /// <summary>In the outbox. It is on the disk and survives the end of the process.</summary>
    Sending = 0,

    /// <summary>Not sent: others wrote meanwhile, see <see cref="TimelineItem.Missing"/>.</summary>
    Held = 1,

    /// <summary>Refused: see <see cref="TimelineItem.Error"/>; it can be tried again or discarded.</summary>
    Failed = 2,

    /// <summary>Stored by the server. Also of everything that others wrote.</summary>
    Sent = 3,

    /// <summary>Reached a device of the other side.</summary>
    Delivered = 4,

    /// <summary>Seen by the other side.</summary>
    Read = 5,
}

/// <summary>A change of an earlier message that is on its way.</summary>
public enum PendingChange
{
    /// <summary>A new text.</summary>
    Edit = 0,

    /// <summary>A deletion.</summary>
    Delete = 1,
}

/// <summary>One line of a timeline, ready to show. Edits and deletions are folded into their message.</summary>
public sealed record TimelineItem
{
    /// <summary>Stable from sending to sent: the clientId where there is one, else <c>seq:N</c>.</summary>
    public required string Key { get; init; }

    /// <summary>Position in the conversation; absent while not acknowledged, or while something before it is missing.</summary>
    public int? Seq { get; init; }

    /// <summary>Message, note, status, assigned, tagged, rated or system.</summary>
    public required EventType Type { get; init; }

    /// <summary>The author.</summary>
    public required Actor Actor { get; init; }

    /// <summary>The server's time; an estimate while sending.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Whether the caller's side wrote it; for operators, whether he did himself.</summary>
    public required bool Mine { get; init; }

    /// <summary>The text of a message or note, as it stands now; absent once deleted.</summary>
    public string? Body { get; init; }

    /// <summary>Seq of the message that this one answers.</summary>
    public int? ReplyTo { get; init; }

    /// <summary>Whether its text was changed after it was sent.</summary>
    public bool Edited { get; init; }

    /// <summary>Whether its text is gone.</summary>
    public bool Deleted { get; init; }

    /// <summary>What the event carries; absent while sending.</summary>
    public EventData? Data { get; init; }

    /// <summary>How far it has got.</summary>
    public required ItemState State { get; init; }

    /// <summary>
    /// The error code, when the item or its pending change was refused; <see cref="ChatException.TooManyOpen"/> where its conversation was not opened.
    /// </summary>
    public string? Error { get; init; }

    /// <summary>A change of this item is on its way; with <see cref="Error"/> it was refused.</summary>
    public PendingChange? Pending { get; init; }

    /// <summary>While held: what others wrote, ascending.</summary>
    public IReadOnlyList<ChatEvent>? Missing { get; init; }
}
