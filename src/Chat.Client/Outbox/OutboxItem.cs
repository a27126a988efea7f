using System.Text.Json.Serialization;
using Chat.Contracts;

namespace Chat.Client;

/// <summary>What a change is: the method of the hub that makes it.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ChangeKind>))]
internal enum ChangeKind
{
    OpenConversation,
    Send,
    Note,
    Edit,
    Delete,
    Rate,
    Close,
    Claim,
    Assign,
    Transfer,
    SetStatus,
    Tag,
}

/// <summary>A change that waits for the server's word. Stored as it is: fields are added and never renamed.</summary>
internal sealed record OutboxItem
{
    /// <summary>Place in the outbox, given when it is taken.</summary>
    public required long Order { get; init; }

    /// <summary>Made once and kept across retries, restarts and nodes.</summary>
    public required Guid ClientId { get; init; }

    public required ConversationId ConversationId { get; init; }

    public required ChangeKind Kind { get; init; }

    public DateTimeOffset? MadeAt { get; init; }

    public ItemState State { get; init; } = ItemState.Sending;

    public string? Error { get; init; }

    public IReadOnlyList<ChatEvent>? Missing { get; init; }

    public string? Body { get; init; }

    public int? ReplyTo { get; init; }

    public int? ExpectedSeq { get; init; }

    public int? Seq { get; init; }

    public int? Score { get; init; }

    public string? Topic { get; init; }

    public IReadOnlyDictionary<string, string>? Fields { get; init; }

    public string? Page { get; init; }

    public OperatorId? OperatorId { get; init; }

    public TeamId? TeamId { get; init; }

    public ConversationStatus? Status { get; init; }

    public DateTimeOffset? SnoozeUntil { get; init; }

    public IReadOnlyList<string>? Add { get; init; }

    public IReadOnlyList<string>? Remove { get; init; }

    /// <summary>What a timeline shows it as; null: as nothing of its own.</summary>
    [JsonIgnore]
    public EventType? Shows =>
        Kind switch
        {
            ChangeKind.Send => EventType.Message,
            ChangeKind.Note => EventType.Note,
            _ => null,
        };

    /// <summary>What it is on the way to do to its message.</summary>
    [JsonIgnore]
    public PendingChange? Pending =>
        Kind switch
        {
            ChangeKind.Edit => PendingChange.Edit,
            ChangeKind.Delete => PendingChange.Delete,
            _ => null,
        };

    /// <summary>Whether a refusal stays visible until somebody decides. Of the others the caller is told, and it is over.</summary>
    [JsonIgnore]
    public bool StaysWhenRefused => Shows is not null || Pending is not null;

    /// <summary>The key is the caller's, who may use it again.</summary>
    [JsonIgnore]
    public bool HasCallersKey { get; init; }

    /// <summary>A change to be made.</summary>
    /// <param name="conversation">Where.</param>
    /// <param name="kind">What it does.</param>
    /// <param name="key">The caller's own: what was made under it before is not made again.</param>
    public static OutboxItem New(ConversationId conversation, ChangeKind kind, Guid? key = null)
    {
        if (key == Guid.Empty)
            throw new ArgumentException("A key is a UUID that is not empty.", nameof(key));
        return new OutboxItem
        {
            Order = 0,
            ClientId = key ?? Guid.NewGuid(),
            ConversationId = conversation,
            Kind = kind,
            HasCallersKey = key is not null,
        };
    }

    /// <summary>Gives a conversation to somebody.</summary>
    public static OutboxItem Give(ChangeKind kind, ConversationId conversation, AssignTo to, string? text, int? expectedSeq)
    {
        ArgumentNullException.ThrowIfNull(to);
        return New(conversation, kind) with { OperatorId = to.OperatorId, TeamId = to.TeamId, Body = text, ExpectedSeq = expectedSeq };
    }

    /// <summary>Gives a conversation another status.</summary>
    public static OutboxItem Turn(ConversationId conversation, ConversationStatus status, DateTimeOffset? snoozeUntil, int? expectedSeq) =>
        New(conversation, ChangeKind.SetStatus) with
        {
            Status = status,
            SnoozeUntil = snoozeUntil,
            ExpectedSeq = expectedSeq,
        };

    /// <summary>To be sent once more; <paramref name="expectedSeq"/> replaces the one that was found stale.</summary>
    public OutboxItem Revived(int? expectedSeq = null) =>
        this with
        {
            State = ItemState.Sending,
            Error = null,
            Missing = null,
            ExpectedSeq = expectedSeq ?? ExpectedSeq,
        };

    /// <summary>Whether another one with this key asks for the same.</summary>
    public bool IsSameAs(OutboxItem other) => Kind == other.Kind && Body == other.Body;

    /// <summary>
    /// Whether an event with this key says that it is made. Others may write under a key that they guess, and one's own may have been used for something else: where
    /// it cannot be told, as of a text that was masked or edited, the server says.
    /// </summary>
    public bool IsStoredAs(ChatEvent e, Perspective perspective) =>
        Shows is null || (e.Type == Shows && perspective.IsMine(e.Actor) && e.Data?.Body == Body);

    public bool Targets(int seq) => Pending is not null && Seq == seq;

    /// <summary>As it is shown when the client has ended: what was on its way is not any more.</summary>
    public OutboxItem Unsent(string reason) => State == ItemState.Sending ? this with { State = ItemState.Failed, Error = reason } : this;

    public object ToRequest() =>
        Kind switch
        {
            ChangeKind.OpenConversation => new OpenConversation(ClientId, Topic, Fields, Page),
            ChangeKind.Send => new SendMessage(ConversationId, ClientId, Body!, SendKind.Message, ReplyTo, ExpectedSeq),
            ChangeKind.Note => new WriteNote(ConversationId, ClientId, Body!, ReplyTo),
            ChangeKind.Edit => new EditMessage(ConversationId, ClientId, Seq!.Value, Body!),
            ChangeKind.Delete => new DeleteMessage(ConversationId, ClientId, Seq!.Value),
            ChangeKind.Rate => new RateConversation(ConversationId, ClientId, Score!.Value, Body),
            ChangeKind.Close or ChangeKind.Claim => new ConversationCommand(ConversationId, ClientId),
            ChangeKind.Assign => new AssignConversation(ConversationId, ClientId, OperatorId, TeamId, ExpectedSeq),
            ChangeKind.Transfer => new TransferConversation(ConversationId, ClientId, OperatorId, TeamId, Body, ExpectedSeq),
            ChangeKind.SetStatus => new SetStatus(ConversationId, ClientId, Status!.Value, SnoozeUntil, ExpectedSeq),
            ChangeKind.Tag => new TagConversation(ConversationId, ClientId, Add, Remove),
            _ => throw new InvalidOperationException($"There is no change {Kind}."),
        };
}
