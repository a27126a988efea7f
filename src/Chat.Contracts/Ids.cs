using System.Text.Json.Serialization;

namespace Chat.Contracts;

/// <summary>An id of one kind: a UUID with a type, so that the compiler tells an inbox from a visitor.</summary>
/// <typeparam name="T">The id itself.</typeparam>
public interface IId<T>
    where T : struct, IId<T>
{
    /// <summary>The UUID; server-minted ids are UUIDv7.</summary>
    Guid Value { get; }

    /// <summary>Wraps a UUID.</summary>
    static abstract T From(Guid value);
}

/// <summary>A conversation. Server-minted UUIDv7: its time chooses the partition that holds its events.</summary>
[JsonConverter(typeof(IdConverter<ConversationId>))]
public readonly record struct ConversationId(Guid Value) : IId<ConversationId>
{
    /// <inheritdoc />
    public static ConversationId From(Guid value) => new(value);

    /// <inheritdoc />
    public override string ToString() => Value.ToString();
}

/// <summary>One website, app or brand.</summary>
[JsonConverter(typeof(IdConverter<InboxId>))]
public readonly record struct InboxId(Guid Value) : IId<InboxId>
{
    /// <inheritdoc />
    public static InboxId From(Guid value) => new(value);

    /// <inheritdoc />
    public override string ToString() => Value.ToString();
}

/// <summary>The customer, of exactly one inbox.</summary>
[JsonConverter(typeof(IdConverter<VisitorId>))]
public readonly record struct VisitorId(Guid Value) : IId<VisitorId>
{
    /// <inheritdoc />
    public static VisitorId From(Guid value) => new(value);

    /// <inheritdoc />
    public override string ToString() => Value.ToString();
}

/// <summary>A member of the support staff.</summary>
[JsonConverter(typeof(IdConverter<OperatorId>))]
public readonly record struct OperatorId(Guid Value) : IId<OperatorId>
{
    /// <inheritdoc />
    public static OperatorId From(Guid value) => new(value);

    /// <inheritdoc />
    public override string ToString() => Value.ToString();
}

/// <summary>A canned reply.</summary>
[JsonConverter(typeof(IdConverter<CannedReplyId>))]
public readonly record struct CannedReplyId(Guid Value) : IId<CannedReplyId>
{
    /// <inheritdoc />
    public static CannedReplyId From(Guid value) => new(value);

    /// <inheritdoc />
    public override string ToString() => Value.ToString();
}

/// <summary>Operators who share the work of some inboxes.</summary>
[JsonConverter(typeof(IdConverter<TeamId>))]
public readonly record struct TeamId(Guid Value) : IId<TeamId>
{
    /// <inheritdoc />
    public static TeamId From(Guid value) => new(value);

    /// <inheritdoc />
    public override string ToString() => Value.ToString();
}
