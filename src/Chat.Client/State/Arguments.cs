using Chat.Contracts;

namespace Chat.Client;

/// <summary>What came of a change.</summary>
/// <param name="Status">Ok, duplicate (stored before, by an earlier try) or stale_view.</param>
/// <param name="Event">The event as stored; absent when there was nothing to change.</param>
/// <param name="Missing">On stale_view: what the caller had not seen, ascending.</param>
public sealed record ChangeResult(ResultStatus Status, ChatEvent? Event = null, IReadOnlyList<ChatEvent>? Missing = null);

/// <summary>How a conversation is opened.</summary>
public sealed record OpenOptions
{
    /// <summary>What it is about, at most 200 characters.</summary>
    public string? Topic { get; init; }

    /// <summary>Answers of the inbox's form: names with values, at most 20.</summary>
    public IReadOnlyDictionary<string, string>? Fields { get; init; }

    /// <summary>Absolute address of the page or screen, at most 2,000 characters.</summary>
    public string? Page { get; init; }

    /// <summary>The first message.</summary>
    public string? Body { get; init; }
}

/// <summary>Whom a conversation is given to; neither: back to the queue.</summary>
/// <param name="OperatorId">A member of the inbox.</param>
/// <param name="TeamId">A team of the inbox.</param>
public sealed record AssignTo(OperatorId? OperatorId = null, TeamId? TeamId = null);

/// <summary>Which conversations are listed. What is not given filters nothing.</summary>
public sealed record ConversationQuery
{
    /// <summary>Of these inboxes; none: of all of the operator's.</summary>
    public IReadOnlyList<InboxId> Inboxes { get; init; } = [];

    /// <summary>In these states; none: in all.</summary>
    public IReadOnlyList<ConversationStatus> Statuses { get; init; } = [];

    /// <summary>What this operator has.</summary>
    public OperatorId? Assignee { get; init; }

    /// <summary>Of this visitor.</summary>
    public VisitorId? Visitor { get; init; }

    /// <summary>Of a page: 1 to 100; 50 when absent.</summary>
    public int? Limit { get; init; }
}
