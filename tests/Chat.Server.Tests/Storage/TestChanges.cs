using System.Diagnostics.CodeAnalysis;
using Chat.Contracts;
using Chat.Server.Conversations;

namespace Chat.Server.Tests.Storage;

/// <summary>The smallest changes that exercise every part of a decision. The server's own have rules of their own, and tests of their own.</summary>
internal abstract record TestChange : ConversationChange
{
    [SetsRequiredMembers]
    protected TestChange()
    {
        ClientId = Guid.NewGuid();
        Author = Actor.System;
        Fingerprint = ClientId.GetHashCode();
    }

    protected static EventData StatusData(LockedConversation c, ConversationStatus status) =>
        new() { Status = status, PreviousStatus = c.State.Status };

    protected NewEvent Event(EventType type, EventData data, bool isAnswer = true, Audience target = Audience.Public) =>
        new(type, Projection.AudienceOf(type, target), Author, data, isAnswer);
}

/// <summary>Takes the conversation when nobody has it.</summary>
[method: SetsRequiredMembers]
internal sealed record TestClaim() : TestChange
{
    public override Decision Decide(LockedConversation conversation)
    {
        if (conversation.State.Assignee is not null)
            return Decision.Refuse(ErrorCode.Conflict);
        var face = new OperatorFace(new OperatorId(Author.Id!.Value), Author.Name!);
        return new Decision
        {
            Events = [Event(EventType.Assigned, new EventData { Assignee = face })],
            State = conversation.State with { Status = ConversationStatus.Open, Assignee = face, StateSeq = conversation.LastSeq + 1 },
        };
    }
}

/// <summary>Changes the status.</summary>
[method: SetsRequiredMembers]
internal sealed record TestStatus(ConversationStatus Status, DateTimeOffset? Until = null) : TestChange
{
    public override Decision Decide(LockedConversation conversation) =>
        new()
        {
            Events = [Event(EventType.Status, StatusData(conversation, Status) with { SnoozedUntil = Until })],
            State = conversation.State with
            {
                Status = Status,
                SnoozedUntil = Until,
                ClosedAt = Status == ConversationStatus.Closed ? conversation.Now : null,
                StateSeq = conversation.LastSeq + 1,
            },
        };
}

/// <summary>A message that also opens the conversation again, in one commit.</summary>
[method: SetsRequiredMembers]
internal sealed record TestReopen(string Body) : TestChange
{
    public override Decision Decide(LockedConversation conversation) =>
        new()
        {
            Events =
            [
                Event(EventType.Status, StatusData(conversation, ConversationStatus.Queued), isAnswer: false),
                Event(EventType.Message, new EventData { Body = Body }),
            ],
            State = conversation.State with
            {
                Status = ConversationStatus.Queued,
                ClosedAt = null,
                WaitingSince = conversation.Now,
                StateSeq = conversation.LastSeq + 1,
            },
        };
}

/// <summary>Gives the target another text, or erases it.</summary>
[method: SetsRequiredMembers]
internal sealed record TestPatch(int Seq, string? Body) : TestChange
{
    public override int? TargetSeq => Seq;

    public override Decision Decide(LockedConversation conversation)
    {
        if (conversation.Target is not { } target)
            return Decision.Refuse(ErrorCode.NotFound);
        var by = conversation.LastSeq + 1;
        return new Decision
        {
            Events =
            [
                Event(
                    Body is null ? EventType.Deleted : EventType.Edited,
                    new EventData { TargetSeq = Seq, Body = Body },
                    target: target.Audience
                ),
            ],
            State = conversation.State,
            Patch = new TargetPatch(Seq, Body, by, Deleted: Body is null),
        };
    }
}

/// <summary>Refused as a stale view when others wrote after the expected seq.</summary>
[method: SetsRequiredMembers]
internal sealed record TestAnswer(string Body) : TestChange
{
    public override Decision Decide(LockedConversation conversation) =>
        conversation.Unseen.Count > 0
            ? new Decision { Refusal = ErrorCode.StaleView, Missing = conversation.Unseen }
            : new Decision { Events = [Event(EventType.Message, new EventData { Body = Body })], State = conversation.State };
}

/// <summary>Tags, when the tag is not there yet.</summary>
[method: SetsRequiredMembers]
internal sealed record TestTag(string Tag) : TestChange
{
    public override Decision Decide(LockedConversation conversation) =>
        conversation.State.Tags.Contains(Tag)
            ? Decision.Nothing
            : new Decision
            {
                Events = [Event(EventType.Tagged, new EventData { Added = [Tag] })],
                State = conversation.State with { Tags = [.. conversation.State.Tags, Tag] },
            };
}

/// <summary>A bug: its clientId would name two events.</summary>
[method: SetsRequiredMembers]
internal sealed record TestTwoAnswers() : TestChange
{
    public override Decision Decide(LockedConversation conversation) =>
        new()
        {
            Events = [Event(EventType.Note, new EventData { Body = "1" }), Event(EventType.Note, new EventData { Body = "2" })],
            State = conversation.State,
        };
}
