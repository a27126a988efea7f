using Chat.Contracts;

namespace Chat.Conformance.Mutants.Client;

/// <summary>How far somebody has received and read.</summary>
internal readonly record struct Marks(int Delivered, int Read)
{
    public Marks Max(Marks other) => new(Math.Max(Delivered, other.Delivered), Math.Max(Read, other.Read));
}

/// <summary>All that is held of one conversation.</summary>
internal sealed class Held(ConversationId id)
{
    private readonly Dictionary<(EphemeralType Type, Guid? Actor), (Ephemeral Notice, DateTimeOffset Until)> _ephemerals = [];

    public ConversationId Id { get; } = id;

    public EventLog Log { get; } = new();

    /// <summary>Absent until the first page.</summary>
    public Conversation? Conversation { get; set; }

    /// <summary>The seq as of which <see cref="Conversation"/> is right.</summary>
    public int ConversationSeq { get; set; }

    /// <summary>The caller's; <see cref="Told"/> is what of it the server knows.</summary>
    public Marks Own { get; set; }

    public Marks Told { get; set; }

    public Marks Others { get; set; }

    /// <summary>It was read while nobody could see it: that waits.</summary>
    public bool WantsRead { get; set; }

    public bool IsTyping => Notices(EphemeralType.Typing).Any();

    public bool? IsOnline => Notices(EphemeralType.Presence).FirstOrDefault()?.Online;

    public int? Position => Notices(EphemeralType.Queue).FirstOrDefault()?.Position;

    public Cursor Cursor => new(Id, Log.Epoch, Log.Seq);

    public void Apply(ConversationPage page, Func<SideCursor, bool> isOwn, Side ownSide)
    {
        if (page.Epoch < Log.Epoch)
            return;
        if ((page.Reset || page.Epoch != Log.Epoch) && !Mutant.Has(Defect.MarksSurviveEpoch))
            (Own, Told, Others, ConversationSeq) = (default, default, default, 0);
        Log.Apply(page);
        if (page.Seq >= ConversationSeq)
            (Conversation, ConversationSeq) = (page.Conversation, page.Seq);
        if (Mutant.Has(Defect.CursorsOfPagesIgnored))
            return;
        foreach (var cursor in page.Cursors)
            Move(cursor, isOwn(cursor), ownSide);
    }

    public void Move(SideCursor cursor, bool isOwn, Side ownSide)
    {
        var marks = new Marks(cursor.DeliveredSeq, cursor.ReadSeq);
        if (isOwn)
        {
            Told = Told.Max(marks);
            if (!Mutant.Has(Defect.OwnCursorIgnored))
                Own = Own.Max(marks);
        }
        else if (cursor.Side != ownSide)
            Others = Mutant.Has(Defect.CursorsGoBack) ? marks : Others.Max(marks);
    }

    /// <summary>What an event says of the conversation.</summary>
    public void Note(ChatEvent e)
    {
        if (e.Type == EventType.Message)
            _ephemerals.Remove((EphemeralType.Typing, e.Actor?.Id));
        if (Conversation is null || e.Seq <= ConversationSeq || Mutant.Has(Defect.StatusEventsIgnored))
            return;
        ConversationSeq = e.Seq;
        Conversation = e switch
        {
            { Type: EventType.Status, Data.Status: { } status } => Conversation with { Status = status },
            { Type: EventType.Assigned } => Conversation with { Assignee = e.Data?.Assignee, Team = e.Data?.Team },
            _ => Conversation,
        };
        Conversation = Conversation with { LastAt = e.At ?? Conversation.LastAt };
        if (Conversation.Status != ConversationStatus.Queued && !Mutant.Has(Defect.QueueNeverLeft))
            _ephemerals.Remove((EphemeralType.Queue, null));
    }

    /// <summary>Of typing there is one for each who types, of presence and queue one.</summary>
    public void Take(Ephemeral notice)
    {
        var isIgnored = notice.Type switch
        {
            EphemeralType.Typing => Mutant.Has(Defect.TypingIgnored),
            EphemeralType.Presence => Mutant.Has(Defect.PresenceIgnored),
            EphemeralType.Queue => Mutant.Has(Defect.QueueIgnored),
            _ => notice.Type == ClientJson.UnknownEphemeral,
        };
        var ttl = Mutant.Has(Defect.EphemeralsNeverEnd) ? TimeSpan.FromHours(1) : TimeSpan.FromMilliseconds(notice.TtlMs);
        var isPersonal = notice.Type is EphemeralType.Typing or EphemeralType.Viewing;
        if (!isIgnored)
            _ephemerals[(notice.Type, isPersonal ? notice.Actor?.Id : null)] = (notice, Clock.Now + ttl);
    }

    /// <summary>Without a connection nothing of it holds.</summary>
    public void ForgetEphemerals()
    {
        if (!Mutant.Has(Defect.EphemeralsNeverEnd))
            _ephemerals.Clear();
    }

    private IEnumerable<Ephemeral> Notices(EphemeralType type) =>
        _ephemerals.Values.Where(held => held.Notice.Type == type && held.Until > Clock.Now).Select(held => held.Notice);
}
