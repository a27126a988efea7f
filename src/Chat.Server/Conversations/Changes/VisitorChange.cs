using Chat.Contracts;

namespace Chat.Server.Conversations.Changes;

/// <summary>Says in a conversation that is not closed who its visitor is from now on.</summary>
internal sealed record VisitorChange : ConversationChange
{
    public const string Identified = "identified";
    public const string Blocked = "blocked";
    public const string Unblocked = "unblocked";

    public required string Code { get; init; }

    public required VisitorFace Visitor { get; init; }

    public static VisitorChange Of(ConversationId conversation, Guid clientId, Actor author, string code, VisitorFace visitor) =>
        new()
        {
            ConversationId = conversation,
            ClientId = clientId,
            Author = author,
            Fingerprint = Messages.Fingerprint.Of(conversation, clientId, author, EventType.Visitor, code),
            Code = code,
            Visitor = visitor,
        };

    public override Decision Decide(LockedConversation conversation)
    {
        if (conversation.State.Status == ConversationStatus.Closed)
            return Decision.Nothing;
        var draft = new Draft(conversation);
        draft.Add(EventType.Visitor, Author, new EventData { Code = Code, Visitor = Visitor }, isAnswer: true);
        return draft.Done();
    }
}
