using Chat.Contracts;

namespace Chat.Server.Conversations.Changes;

/// <summary>
/// Gives a conversation to an operator, to a team, or back to the queue; with a text it is a transfer, and the text a note in the same commit.
/// </summary>
internal sealed record AssignChange : ConversationChange
{
    public OperatorFace? Assignee { get; init; }

    public TeamFace? Team { get; init; }

    /// <summary>
    /// False: the operator or team does not belong to the conversation's inbox. The caller knows, and the refusal waits for the lock: a repeat of what is stored is
    /// not refused, whoever has left since.
    /// </summary>
    public bool IsOfInbox { get; init; } = true;

    /// <summary>A word to the next operator.</summary>
    public string? Text { get; init; }

    /// <summary>Whether the author may take a conversation from a colleague.</summary>
    public required bool FromAnyone { get; init; }

    public static AssignChange Of(
        ConversationId conversation,
        Guid clientId,
        Actor author,
        OperatorFace? assignee,
        TeamFace? team,
        int? expectedSeq,
        bool fromAnyone,
        string? text = null
    ) =>
        new()
        {
            ConversationId = conversation,
            ClientId = clientId,
            Author = author,
            Fingerprint = Messages.Fingerprint.Of(conversation, clientId, author, EventType.Assigned, $"{assignee?.Id}/{team?.Id}/{text}"),
            ExpectedSeq = expectedSeq,
            Assignee = assignee,
            Team = team,
            FromAnyone = fromAnyone,
            Text = text,
        };

    public override Decision Decide(LockedConversation conversation)
    {
        if (Assignee is not null && Team is not null)
            return Decision.Refuse("teamId", FieldFault.NotAllowed);
        if (!IsOfInbox)
            return Decision.Refuse(ErrorCode.NotFound);
        if (StateRules.Refusal(conversation, ExpectedSeq) is { } refusal)
            return Decision.Refuse(refusal);
        if (conversation.State.Status == ConversationStatus.Closed)
            return Decision.Refuse(ErrorCode.Closed);
        if (!FromAnyone && StateRules.IsColleagues(conversation.State, Author))
            return Decision.Refuse(ErrorCode.Forbidden);

        var draft = new Draft(conversation);
        draft.Assign(Assignee, Team, Author, isAnswer: true);
        draft.FollowAssignment(Author);
        if (Text is not null)
            draft.Add(EventType.Note, Author, new EventData { Body = Text }, isAnswer: draft.IsEmpty);
        return draft.Done();
    }
}
