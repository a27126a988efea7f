using Chat.Contracts;

namespace Chat.Server.Conversations.Changes;

/// <summary>Takes a conversation that no operator has. Of two at once the lock lets one be first; the other finds it taken.</summary>
internal sealed record ClaimChange : ConversationChange
{
    /// <summary>The author as others see him.</summary>
    public required OperatorFace Claimant { get; init; }

    public static ClaimChange Of(ConversationId conversation, Guid clientId, Actor author, OperatorFace claimant) =>
        new()
        {
            ConversationId = conversation,
            ClientId = clientId,
            Author = author,
            Fingerprint = Messages.Fingerprint.Of(conversation, clientId, author, EventType.Assigned, "claim"),
            Claimant = claimant,
        };

    public override Decision Decide(LockedConversation conversation)
    {
        var state = conversation.State;
        if (state.Status == ConversationStatus.Closed)
            return Decision.Refuse(ErrorCode.Closed);
        if (state.Assignee is { } holder)
            return holder.Id == Claimant.Id ? Decision.Nothing : Decision.Refuse(ErrorCode.Conflict);

        var draft = new Draft(conversation);
        draft.Assign(Claimant, team: null, Author, isAnswer: true);
        draft.SetStatus(ConversationStatus.Open, Author);
        return draft.Done();
    }
}
