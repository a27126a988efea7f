using Chat.Contracts;

namespace Chat.Conformance.Mutants.Client;

/// <summary>All that a client knows, in memory; <see cref="Storage"/> keeps it.</summary>
internal sealed class Model(Side side)
{
    // Of each conversation, so that the file stays small.
    private const int EventsStored = 200;

    private readonly Dictionary<ConversationId, Held> _held = [];
    private readonly Dictionary<ConversationId, ConversationId> _aliases = [];
    private readonly Dictionary<ConversationId, Held> _early = [];
    private string? _firstRefreshToken;

    public Side Side { get; } = side;

    public Guid DeviceId { get; set; } = Guid.NewGuid();

    public string? RefreshToken { get; set; }

    /// <summary>A host site has vouched for the visitor.</summary>
    public bool IsIdentified { get; set; }

    /// <summary>Who the server takes the caller for.</summary>
    public Guid? Me { get; set; }

    /// <summary>Changes without an answer, in the order in which they were made.</summary>
    public List<OutboxItem> Items { get; } = [];

    /// <summary>Keys of all changes that this process has made.</summary>
    public HashSet<Guid> Made { get; } = [];

    /// <summary>Raised after every change of anything.</summary>
    public Signal Changed { get; } = new();

    public IReadOnlyCollection<Held> All => _held.Values;

    /// <summary>The server's id of a conversation that was opened here, once it has one.</summary>
    public ConversationId Resolve(ConversationId id) => _aliases.GetValueOrDefault(id, id);

    public Held? Find(ConversationId id) => _held.GetValueOrDefault(Resolve(id));

    public Held Hold(ConversationId id)
    {
        if (Find(id) is { } known)
            return known;
        // With what came of it before it was known.
        _early.Remove(id, out var early);
        return _held[id] = early ?? new Held(id);
    }

    /// <summary>Where an ephemeral goes. It may come before the answer that makes its conversation known.</summary>
    public Held FindOrExpect(ConversationId id)
    {
        if (Find(id) is { } known)
            return known;
        if (!_early.TryGetValue(id, out var early))
            early = new Held(id);
        _early[id] = early;
        return early;
    }

    public void Drop(ConversationId id) => _held.Remove(Resolve(id));

    /// <summary>The server has given a conversation of ours its id.</summary>
    public void Rename(ConversationId local, ConversationId id)
    {
        _aliases[local] = id;
        _held.Remove(local);
        for (var i = 0; i < Items.Count; i++)
        {
            if (Items[i].Conversation == local)
                Items[i] = Items[i] with { Conversation = id };
        }
        Hold(id);
    }

    /// <summary>Positions in the logs that the server knows, the newest conversation first.</summary>
    public IReadOnlyList<Cursor> Cursors() =>
        [.. _held.Values.Where(held => !IsLocal(held)).OrderByDescending(held => held.Conversation?.LastAt).Select(held => held.Cursor)];

    public bool IsMine(Actor? actor) =>
        Side == Side.Visitor ? actor?.Kind == ActorKind.Visitor : actor?.Kind == ActorKind.Operator && actor.Id == Me;

    public bool IsOwn(Side cursorSide, OperatorId? operatorId) => cursorSide == Side && (Side == Side.Visitor || operatorId?.Value == Me);

    public bool IsOthersMessage(ChatEvent e) =>
        e.Type == EventType.Message
        && (e.Data?.DeletedSeq is null || Mutant.Has(Defect.DeletedCountsAsUnread))
        && (
            e.Actor?.Kind == (Side == Side.Visitor ? ActorKind.Operator : ActorKind.Visitor)
            || (IsMine(e.Actor) && Mutant.Has(Defect.OwnCountsAsUnread))
            || (IsMine(e.Actor) && Mutant.Has(Defect.OtherDevicesAreOthers) && !Made.Contains(e.ClientId ?? default))
        );

    /// <summary>The other side's messages after one's own cursor.</summary>
    public int Unread(Held held) =>
        held.Log.Events.Count(e => e.Seq > held.Own.Read && (IsOthersMessage(e) || Mutant.Has(Defect.EveryEventCountsAsUnread)));

    public Saved Save() =>
        new()
        {
            DeviceId = DeviceId,
            RefreshToken = Mutant.Has(Defect.RefreshNotStored) ? _firstRefreshToken ??= RefreshToken : RefreshToken,
            IsIdentified = IsIdentified,
            Aliases = _aliases.ToDictionary(),
            Items = Mutant.Has(Defect.OutboxNotStored) ? [] : [.. Items],
            Conversations = [.. _held.Values.Select(Save)],
        };

    public void Restore(Saved saved)
    {
        (DeviceId, RefreshToken, IsIdentified) = (saved.DeviceId, saved.RefreshToken, saved.IsIdentified);
        Items.AddRange(saved.Items);
        foreach (var (local, id) in saved.Aliases)
            _aliases[local] = id;
        foreach (var one in saved.Conversations)
        {
            var held = Hold(one.Id);
            held.Log.Restore(one.Epoch, one.Seq, one.Events);
            (held.Conversation, held.ConversationSeq) = (one.Conversation, one.ConversationSeq);
            held.Others = Mutant.Has(Defect.CursorsOfPagesIgnored) ? default : one.Others;
            held.Own = Mutant.Has(Defect.ReadForgottenAtRestart) ? new Marks(one.Seq, one.Seq) : one.Own;
        }
    }

    /// <summary>Nobody is signed in any more.</summary>
    public void Clear()
    {
        _held.Clear();
        _aliases.Clear();
        _early.Clear();
        Items.Clear();
        (DeviceId, RefreshToken, IsIdentified, Me) = (Guid.NewGuid(), null, false, null);
    }

    private static SavedConversation Save(Held held) =>
        new(
            held.Id,
            held.Log.Epoch,
            held.Log.Seq,
            held.Conversation,
            held.ConversationSeq,
            held.Own,
            held.Others,
            [.. held.Log.Events.TakeLast(EventsStored)]
        );

    private bool IsLocal(Held held) =>
        held.Log.Epoch == 0 && Items.Any(item => item.Method == "OpenConversation" && item.Conversation == held.Id);
}
