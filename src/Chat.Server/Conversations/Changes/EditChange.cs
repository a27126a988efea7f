using Chat.Contracts;

namespace Chat.Server.Conversations.Changes;

/// <summary>Gives an own message or note a new text.</summary>
internal sealed record EditChange : ConversationChange
{
    public required int Seq { get; init; }

    public required string Body { get; init; }

    public override int? TargetSeq => Seq;

    public static EditChange Of(ConversationId conversation, Guid clientId, Actor author, int seq, string body) =>
        new()
        {
            ConversationId = conversation,
            ClientId = clientId,
            Author = author,
            Fingerprint = Messages.Fingerprint.Of(conversation, clientId, author, EventType.Edited, body, seq),
            Seq = seq,
            Body = body,
        };

    public override Decision Decide(LockedConversation conversation)
    {
        if (TargetRules.Refusal(conversation.Target, Author, anyone: false) is { } refusal)
            return Decision.Refuse(refusal);
        var target = conversation.Target!;
        if (conversation.State.Status == ConversationStatus.Closed && target.Type == EventType.Message)
            return Decision.Refuse(ErrorCode.Closed);
        if (target.Data?.Body == Body)
            return Decision.Nothing;

        var draft = new Draft(conversation);
        var patch = new TargetPatch(Seq, Body, draft.NextSeq, Deleted: false);
        var data = new EventData { TargetSeq = Seq, Body = Body };
        draft.Add(EventType.Edited, Author, data, isAnswer: true, TargetRules.AudienceOf(target));
        return draft.Done(patch);
    }
}
