using Chat.Contracts;

namespace Chat.Server.Storage;

/// <summary>A row of <c>cursor</c>.</summary>
internal sealed record CursorRow
{
    public ConversationId ConversationId { get; init; }
    public int Side { get; init; }
    public Guid OperatorId { get; init; }
    public int DeliveredSeq { get; init; }
    public int ReadSeq { get; init; }

    private OperatorId? Operator => OperatorId == Guid.Empty ? null : new OperatorId(OperatorId);

    public SideCursor ToSideCursor() => new((Side)Side, Operator, DeliveredSeq, ReadSeq);

    public CursorMoved ToMoved() => new(ConversationId, (Side)Side, Operator, DeliveredSeq, ReadSeq);
}
