using Chat.Contracts;

namespace Chat.Server.Conversations.Changes;

/// <summary>Brings a snoozed conversation back when its time has come. Snoozed again meanwhile, or awake: nothing to do.</summary>
internal sealed record WakeChange : ConversationChange
{
    public static WakeChange Of(ConversationId conversation, Guid clientId) =>
        new()
        {
            ConversationId = conversation,
            ClientId = clientId,
            Author = Actor.System,
            Fingerprint = Messages.Fingerprint.Of(conversation, clientId, Actor.System, EventType.Status, "wake"),
        };

    public override Decision Decide(LockedConversation conversation)
    {
        var draft = new Draft(conversation);
        if (draft.State.Status != ConversationStatus.Snoozed || draft.State.SnoozedUntil > conversation.Now)
            return Decision.Nothing;
        draft.SetStatus(draft.ActiveStatus, Author, isAnswer: true);
        return draft.Done();
    }
}
