using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text.Json;
using Chat.Contracts;
using Chat.Server.Identity;
using Chat.Server.Inboxes;
using Chat.Server.Storage;

namespace Chat.Server.Conversations;

/// <summary>What <c>GET /conversations</c> asks for. Empty lists filter nothing.</summary>
/// <param name="Inboxes">Of these inboxes.</param>
/// <param name="Statuses">In these states.</param>
/// <param name="Assignee">An operator's id, or <c>me</c>.</param>
/// <param name="Visitor">Of this visitor.</param>
/// <param name="Cursor">Where the page before ended.</param>
/// <param name="Limit">1 to <see cref="Limits.ListPage"/>; 50 when absent.</param>
internal sealed record ListQuery(
    IReadOnlyList<Guid> Inboxes,
    IReadOnlyList<string> Statuses,
    string? Assignee,
    Guid? Visitor,
    string? Cursor,
    int? Limit
);

/// <summary>Conversations by page: a visitor's own, an operator's by filters.</summary>
internal sealed class ConversationLists(IEventLog log, IInboxDirectory directory, OwnReads reads)
{
    private const string Myself = "me";

    private static readonly Dictionary<string, ConversationStatus> Words = Enum.GetValues<ConversationStatus>()
        .ToDictionary(status => JsonNamingPolicy.CamelCase.ConvertName(status.ToString()), StringComparer.Ordinal);

    // A number of the list's order, and an id.
    private const int CursorLength = sizeof(long) + 16;

    public async Task<Outcome<ConversationList>> ListAsync(Caller caller, ListQuery query, CancellationToken cancellation)
    {
        var rows = caller.IsOperator ? ForOperator(caller, query) : ForVisitor(caller, query);
        if (rows.IsRefused)
            return rows.As<ConversationList>();
        if (rows.Value.Inboxes.Count == 0)
            return new ConversationList([]);
        var page = await log.ListAsync(rows.Value, cancellation);
        var next = page.Next is { } key ? Write(key) : null;
        if (!caller.IsOperator)
            return new ConversationList([.. page.Rows.Select(change => change with { Row = Projection.ForVisitor(change.Row) })], next);
        var own = await reads.AddAsync(caller.OperatorId, [.. page.Rows.Select(change => change.Row)], cancellation);
        return new ConversationList([.. page.Rows.Zip(own, (change, row) => change with { Row = row })], next);
    }

    private static Outcome<RowQuery> ForVisitor(Caller caller, ListQuery query)
    {
        var foreign =
            query.Inboxes.Count > 0 ? "inbox"
            : query.Assignee is not null ? "assignee"
            : query.Visitor is not null ? "visitor"
            : null;
        if (foreign is not null)
            return Refusal.Of(foreign, FieldFault.NotAllowed, $"{foreign} is a filter for operators.");
        return Rows([caller.InboxId], query, null, caller.VisitorId);
    }

    private Outcome<RowQuery> ForOperator(Caller caller, ListQuery query)
    {
        var own = directory.InboxesOf(caller.OperatorId);
        IReadOnlyList<InboxId> inboxes = query.Inboxes.Count > 0 ? [.. query.Inboxes.Distinct().Select(InboxId.From)] : [.. own];
        if (!inboxes.All(own.Contains))
            return ErrorCode.NotFound;
        OperatorId? assignee = null;
        if (query.Assignee == Myself)
            assignee = caller.OperatorId;
        else if (Guid.TryParse(query.Assignee, out var id))
            assignee = new OperatorId(id);
        else if (query.Assignee is not null)
            return Refusal.Of("assignee", FieldFault.Malformed, "assignee is an operator's id, or me.");
        return Rows(inboxes, query, assignee, query.Visitor is { } visitor ? new VisitorId(visitor) : null);
    }

    private static Outcome<RowQuery> Rows(IReadOnlyList<InboxId> inboxes, ListQuery query, OperatorId? assignee, VisitorId? visitor)
    {
        var limit = query.Limit ?? 50;
        var after = Read(query.Cursor);
        if (limit is < 1 or > Limits.ListPage)
            return Refusal.Of("limit", FieldFault.OutOfRange, $"limit is 1 to {Limits.ListPage}.");
        if (query.Cursor is not null && after is null)
            return Refusal.Of("cursor", FieldFault.Malformed, "cursor is the next of a page before.");
        if (!query.Statuses.All(Words.ContainsKey))
            return Refusal.Of("status", FieldFault.Unknown, $"status is one of {string.Join(", ", Words.Keys)}.");
        List<ConversationStatus>? statuses = query.Statuses.Count > 0 ? [.. query.Statuses.Select(word => Words[word])] : null;
        return new RowQuery(inboxes, statuses, assignee, visitor, after, limit);
    }

    private static string Write(ListKey key)
    {
        Span<byte> bytes = stackalloc byte[CursorLength];
        BinaryPrimitives.WriteInt64BigEndian(bytes, key.Value);
        key.Id.Value.TryWriteBytes(bytes[sizeof(long)..]);
        return Base64Url.EncodeToString(bytes);
    }

    private static ListKey? Read(string? cursor)
    {
        Span<byte> bytes = stackalloc byte[CursorLength];
        // Base64 of so many bytes has so many letters; the decoder throws on more than fits.
        if (cursor?.Length != Base64Url.GetEncodedLength(CursorLength))
            return null;
        if (!Base64Url.IsValid(cursor) || !Base64Url.TryDecodeFromChars(cursor, bytes, out var length) || length != CursorLength)
            return null;
        var value = BinaryPrimitives.ReadInt64BigEndian(bytes);
        if (value < 0 || value > DateTimeOffset.MaxValue.Ticks)
            return null;
        return new ListKey(value, new ConversationId(new Guid(bytes[sizeof(long)..])));
    }
}
