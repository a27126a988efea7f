using Chat.Contracts;

namespace Chat.Server.Conversations.Changes;

/// <summary>
/// Opens, snoozes, closes or requeues. Open needs an assignee; the queue takes assignee and team away; only what is not closed can be snoozed.
/// </summary>
internal sealed record SetStatusChange : ConversationChange
{
    public required ConversationStatus Status { get; init; }

    public DateTimeOffset? Until { get; init; }

    /// <summary>Whether the author may take a conversation from a colleague.</summary>
    public required bool FromAnyone { get; init; }

    public static SetStatusChange Of(
        ConversationId conversation,
        Guid clientId,
        Actor author,
        ConversationStatus status,
        DateTimeOffset? until,
        int? expectedSeq,
        bool fromAnyone
    ) =>
        new()
        {
            ConversationId = conversation,
            ClientId = clientId,
            Author = author,
            Fingerprint = Messages.Fingerprint.Of(
                conversation,
                clientId,
                author,
                EventType.Status,
                $"{(int)status}/{until?.ToUnixTimeMilliseconds()}"
            ),
            ExpectedSeq = expectedSeq,
            Status = status,
            Until = until,
            FromAnyone = fromAnyone,
        };

    public override Decision Decide(LockedConversation conversation)
    {
        if (StateRules.Refusal(conversation, ExpectedSeq) is { } refusal)
            return Decision.Refuse(refusal);
        if ((Status == ConversationStatus.Snoozed) != Until is not null)
            return Decision.Refuse("snoozeUntil", Until is null ? FieldFault.Required : FieldFault.NotAllowed);

        var draft = new Draft(conversation);
        switch (Status)
        {
            case ConversationStatus.Open when draft.State.Assignee is null:
                return Decision.Refuse(ErrorCode.Conflict);
            case ConversationStatus.Snoozed when draft.State.Status == ConversationStatus.Closed:
                return Decision.Refuse(ErrorCode.Closed);
            case ConversationStatus.Snoozed when Until <= conversation.Now || Until > conversation.Now.AddDays(Limits.SnoozeDays):
                return Decision.Refuse("snoozeUntil", FieldFault.OutOfRange);
            case ConversationStatus.Queued when !FromAnyone && StateRules.IsColleagues(draft.State, Author):
                return Decision.Refuse(ErrorCode.Forbidden);
            case ConversationStatus.Queued:
                Requeue(draft);
                break;
            default:
                draft.SetStatus(Status, Author, Until, isAnswer: true);
                break;
        }
        return draft.Done();
    }

    /// <summary>The status is the answer where it changes; of a team's conversation, which is in the queue already, only the assignment does.</summary>
    private void Requeue(Draft draft)
    {
        var queued = draft.State.Status == ConversationStatus.Queued;
        draft.Assign(assignee: null, team: null, Author, isAnswer: queued);
        draft.SetStatus(ConversationStatus.Queued, Author, isAnswer: true);
    }
}
