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

    /// <summary>Read waits until the app is in sight: then up to here. 0: nothing waits.</summary>
    public int WantsRead { get; set; }

    public Cursor Cursor => new(Id, Log.Epoch, Log.Seq);

    public void Restore(SavedConversation saved)
    {
        (Conversation, ConversationSeq) = (saved.Conversation, saved.Seq);
        (Own, Told, Other) = (saved.Own, saved.Told, saved.Other);
    }

    /// <summary>What is to be stored of it since this was last asked.</summary>
    public IEnumerable<StorageChange> TakeChanges()
    {
        var form = new SavedConversation(Conversation, Log.Epoch, Log.Seq, Own, Told, Other);
        return Log.TakeChanged()
            .Select(change => change.Event is { } e ? Saved.Put(Saved.Event(Id, change.Seq), e) : Saved.Gone(Saved.Event(Id, change.Seq)))
            .Append(Saved.Put(Saved.Conversation(Id), form));
    }

    /// <summary>What erases it from the storage.</summary>
    public IEnumerable<StorageChange> Erased() =>
        Log.Events.Select(e => Saved.Gone(Saved.Event(Id, e.Seq))).Append(Saved.Gone(Saved.Conversation(Id)));

    /// <summary>Takes a page. An answer to an earlier question may come after that to a later one; false: it is of an earlier log.</summary>
    public bool Apply(ConversationPage page)
    {
        if (page.Epoch < Log.Epoch)
            return false;
        if (page.Reset || page.Epoch != Log.Epoch)
            (Own, Told, Other, ConversationSeq, WantsRead) = (default, default, default, 0, 0);
        Log.Apply(page);
        if (page.Seq >= ConversationSeq)
            (Conversation, ConversationSeq) = (page.Conversation, page.Seq);
        return true;
    }

    /// <summary>Takes a page, and how far everybody has got. An answer to an earlier question may come after that to a later one.</summary>
    /// <param name="page">The page.</param>
    /// <param name="perspective">Who takes it.</param>
    /// <param name="isWoken">This device is to be woken for what it does not have.</param>
    public void Apply(ConversationPage page, Perspective perspective, bool isWoken)
    {
        if (!Apply(page))
            return;
        foreach (var cursor in page.Cursors)
            Move(cursor, perspective, isWoken);
    }

    /// <summary>Somebody has got further.</summary>
    /// <param name="cursor">Who, and how far.</param>
    /// <param name="perspective">Who hears of it.</param>
    /// <param name="isWoken">This device is to be woken for what it does not have.</param>
    public void Move(SideCursor cursor, Perspective perspective, bool isWoken)
    {
        var marks = new Marks(cursor.DeliveredSeq, cursor.ReadSeq);
        if (perspective.IsOwn(cursor.Side, cursor.OperatorId))
            MoveOwn(marks, byOthers: isWoken);
        else if (cursor.Side != perspective.Side)
            Other = Max(Other, marks);
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

    private static List<string> Retag(IEnumerable<string> tags, EventData change) =>
        [.. tags.Except(change.Removed ?? []).Union(change.Added ?? [])];

    private static Marks Max(Marks a, Marks b) => new(Math.Max(a.DeliveredSeq, b.DeliveredSeq), Math.Max(a.ReadSeq, b.ReadSeq));
}
