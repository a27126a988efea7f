using Chat.Contracts;

namespace Chat.Client.Tests;

/// <summary>A conversation of 40 messages of an operator, as a server gives it.</summary>
internal static class Pages
{
    public const int Head = 40;

    public static ConversationId Id { get; } = new(Guid.CreateVersion7());

    private static readonly Conversation Conversation = new()
    {
        Id = Id,
        InboxId = new InboxId(Guid.CreateVersion7()),
        Visitor = new VisitorFace(new VisitorId(Guid.CreateVersion7()), null, false),
        Status = ConversationStatus.Open,
        OpenedAt = DateTimeOffset.UnixEpoch,
        LastAt = DateTimeOffset.UnixEpoch,
    };

    private static readonly Actor Anna = new(ActorKind.Operator, Guid.CreateVersion7(), "Anna");

    public static ChatEvent Message(int seq, int epoch = 1) =>
        new()
        {
            ConversationId = Id,
            Epoch = epoch,
            Seq = seq,
            Type = EventType.Message,
            Actor = Anna,
            Data = new EventData(),
        };

    public static ConversationPage After(int seq, int many, int epoch = 1) =>
        new()
        {
            Conversation = Conversation,
            Epoch = epoch,
            Events = [.. Enumerable.Range(seq + 1, Math.Min(many, Head - seq)).Select(next => Message(next, epoch))],
            Seq = Head,
            HasMore = seq + many < Head,
            Reset = false,
            Cursors = [],
        };

    /// <summary>A row of somebody who was not answered yet.</summary>
    public static InboxRow Row(ConversationId id) =>
        new()
        {
            ConversationId = id,
            Epoch = 1,
            Seq = 1,
            Status = ConversationStatus.Queued,
            Visitor = new VisitorFace(new VisitorId(Guid.CreateVersion7()), null, false),
            OpenedAt = DateTimeOffset.UnixEpoch,
            LastAt = DateTimeOffset.UnixEpoch,
        };

    /// <summary>The message after those, as somebody wrote it under a key.</summary>
    public static ChatEvent Taken(Guid key, Actor by, string body) =>
        Message(41) with
        {
            ClientId = key,
            Actor = by,
            Data = new EventData { Body = body },
        };
}
