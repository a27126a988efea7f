using Chat.Contracts;

namespace Chat.Server.Conversations.Changes;

/// <summary>The visitor ends the conversation.</summary>
internal sealed record CloseChange : ConversationChange
{
    public static CloseChange Of(ConversationId conversation, Guid clientId, Actor author) =>
        new()
        {
            ConversationId = conversation,
            ClientId = clientId,
            Author = author,
            Fingerprint = Messages.Fingerprint.Of(conversation, clientId, author, EventType.Status, "close"),
        };

    public override Decision Decide(LockedConversation conversation)
    {
        var draft = new Draft(conversation);
        draft.SetStatus(ConversationStatus.Closed, Author, isAnswer: true);
        return draft.Done();
    }
}
