using Chat.Contracts;
using Chat.Server.Storage;

namespace Chat.Server.Conversations.Changes;

/// <summary>A message or note that the batch could not take: it may wake or reopen the conversation, or has a view or an answered message to check.</summary>
internal sealed record MessageChange : ConversationChange
{
    /// <summary>Message or note.</summary>
    public required EventType Type { get; init; }

    public required string Body { get; init; }

    public int? ReplyTo { get; init; }

    public override int? TargetSeq => ReplyTo;

    /// <summary>The change keeps the item's fingerprint: a repeat is one on both ways.</summary>
    public static MessageChange Of(MessageAppend append) =>
        new()
        {
            ConversationId = append.ConversationId,
            ClientId = append.ClientId,
            Author = append.Author,
            Fingerprint = append.Fingerprint,
            ExpectedSeq = append.ExpectedSeq,
            Type = append.Type,
            Body = append.Body,
            ReplyTo = append.ReplyTo,
        };

    public override Decision Decide(LockedConversation conversation)
    {
        var byVisitor = Author.Kind == ActorKind.Visitor;
        if (byVisitor && Type == EventType.Note)
            return Decision.Refuse(ErrorCode.Forbidden);
        if (conversation.State.Status == ConversationStatus.Closed && Type == EventType.Message && !(byVisitor && MayReopen(conversation)))
            return Decision.Refuse(ErrorCode.Closed);
        if (ReplyTo is not null && !MayAnswer(conversation.Target))
            return Decision.Refuse("replyTo", FieldFault.Unknown);
        if (ExpectedSeq is not null && conversation.Unseen.Count > 0)
            return Decision.Refuse(ErrorCode.StaleView) with { Missing = conversation.Unseen };

        var draft = new Draft(conversation);
        if (byVisitor && draft.State.Status is ConversationStatus.Snoozed or ConversationStatus.Closed)
            draft.SetStatus(draft.ActiveStatus, Author);
        if (Type == EventType.Message)
            draft.SetWaiting(byVisitor ? draft.State.WaitingSince ?? conversation.Now : null);
        draft.Add(Type, Author, new EventData { Body = Body, ReplyTo = ReplyTo }, isAnswer: true);
        return draft.Done();
    }

    private static bool MayReopen(LockedConversation conversation) =>
        conversation.State.ClosedAt is { } closedAt
        && conversation.Now <= closedAt.AddDays(conversation.ReopenDays)
        && conversation.OpenOthers < conversation.OpenLimit;

    /// <summary>A public message may not answer a note: its seq alone would tell the visitor what a skip was.</summary>
    private bool MayAnswer(ChatEvent? target) =>
        target?.Type == EventType.Message || (target?.Type == EventType.Note && Type == EventType.Note);
}
