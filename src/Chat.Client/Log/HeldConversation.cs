using Chat.Contracts;

namespace Chat.Client;

/// <summary>All that a client holds of one conversation. Not thread-safe: the model guards it.</summary>
internal sealed class HeldConversation(ConversationId id)
{
    public ConversationId Id { get; } = id;

    public ConversationLog Log { get; } = new();

    public Ephemerals Ephemerals { get; } = new();

    /// <summary>Absent until the first page.</summary>
    public Conversation? Conversation { get; private set; }

    /// <summary>The seq as of which <see cref="Conversation"/> is right.</summary>
    public int ConversationSeq { get; private set; }

    /// <summary>The caller's. Read may be ahead of what the server knows: see <see cref="Told"/>.</summary>
    public Marks Own { get; set; }

    /// <summary>The caller's, as far as the server knows; on a device that is to be woken: as far as it knows of this device.</summary>
    public Marks Told { get; private set; }

    public Marks Other { get; set; }

    public bool LoadingOlder { get; set; }

    /// <summary>Read waits until the app is in sight.</summary>
    public bool WantsRead { get; set; }

    public Cursor Cursor => new(Id, Log.Epoch, Log.Seq);

    public void Restore(SavedConversation saved)
    {
        (Conversation, ConversationSeq) = (saved.Conversation, saved.Seq);
        (Own, Told, Other) = (saved.Own, saved.Told, saved.Other);
    }

    /// <summary>Takes a page. An answer to an earlier question may come after that to a later one.</summary>
    public void Apply(ConversationPage page)
    {
        if (page.Epoch < Log.Epoch)
            return;
        if (page.Reset || page.Epoch != Log.Epoch)
            (Own, Told, Other, ConversationSeq) = (default, default, default, 0);
        Log.Apply(page);
        if (page.Seq >= ConversationSeq)
            (Conversation, ConversationSeq) = (page.Conversation, page.Seq);
    }

    /// <summary>What an event of the log says of the conversation.</summary>
    public void Note(ChatEvent e)
    {
        if (e.Type == EventType.Message)
            Ephemerals.ForgetTyping(e.Actor?.Id);
        if (Conversation is null || e.Seq <= ConversationSeq)
            return;
        ConversationSeq = e.Seq;
        Conversation = e switch
        {
            { Type: EventType.Status, Data.Status: { } status } => Conversation with
            {
                Status = status,
                SnoozedUntil = e.Data.SnoozedUntil,
            },
            { Type: EventType.Assigned, Data: { } data } => Conversation with { Assignee = data.Assignee, Team = data.Team },
            { Type: EventType.Rated, Data.Score: { } score } => Conversation with { Rating = score },
            { Type: EventType.Tagged, Data: { } data } => Conversation with { Tags = Retag(Conversation.Tags ?? [], data) },
            { Type: EventType.Visitor, Data.Visitor: { } face } => Conversation with
            {
                Visitor = face with { Device = Conversation.Visitor.Device, Locale = Conversation.Visitor.Locale },
            },
            _ => Conversation,
        };
        if (e.At is { } at)
            Conversation = Conversation with { LastAt = at };
        if (Conversation.Status != ConversationStatus.Queued)
            Ephemerals.ForgetQueue();
    }

    /// <summary>The server knows these marks.</summary>
    /// <param name="marks">How far the caller has got.</param>
    /// <param name="byOthers">They may be those of his other devices: what this one has received is still to be told.</param>
    public void MoveOwn(Marks marks, bool byOthers = false)
    {
        Told = Max(Told, byOthers ? marks with { DeliveredSeq = 0 } : marks);
        Own = Max(Own, marks);
    }

    public void MoveOther(Marks marks) => Other = Max(Other, marks);

    private static List<string> Retag(IEnumerable<string> tags, EventData change) =>
        [.. tags.Except(change.Removed ?? []).Union(change.Added ?? [])];

    private static Marks Max(Marks a, Marks b) => new(Math.Max(a.DeliveredSeq, b.DeliveredSeq), Math.Max(a.ReadSeq, b.ReadSeq));
}
