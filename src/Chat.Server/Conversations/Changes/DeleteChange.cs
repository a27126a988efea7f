using Chat.Contracts;

namespace Chat.Server.Conversations.Changes;

/// <summary>Erases an own message or note, or as a supervisor anyone's; in closed conversations too.</summary>
internal sealed record DeleteChange : ConversationChange
{
    public required int Seq { get; init; }

    /// <summary>Whether the author may erase what others wrote.</summary>
    public required bool Anyones { get; init; }

    public override int? TargetSeq => Seq;

    public static DeleteChange Of(ConversationId conversation, Guid clientId, Actor author, int seq, bool anyones) =>
        new()
        {
            ConversationId = conversation,
            ClientId = clientId,
            Author = author,
            Fingerprint = Messages.Fingerprint.Of(conversation, clientId, author, EventType.Deleted, "", seq),
            Seq = seq,
            Anyones = anyones,
        };

    public override Decision Decide(LockedConversation conversation)
    {
        if (TargetRules.Refusal(conversation.Target, Author, Anyones) is { } refusal)
            return Decision.Refuse(refusal);

        var draft = new Draft(conversation);
        var patch = new TargetPatch(Seq, Body: null, draft.NextSeq, Deleted: true);
        var audience = TargetRules.AudienceOf(conversation.Target!);
        draft.Add(EventType.Deleted, Author, new EventData { TargetSeq = Seq }, isAnswer: true, audience);
        return draft.Done(patch);
    }
}
