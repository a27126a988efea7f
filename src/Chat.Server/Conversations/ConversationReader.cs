using Chat.Contracts;
using Chat.Server.Delivery;
using Chat.Server.Identity;
using Chat.Server.Inboxes;
using Chat.Server.Messages;
using Chat.Server.Observability;
using Chat.Server.Storage;
using Chat.Server.Storage.Reading;

namespace Chat.Server.Conversations;

/// <summary>
/// Everything a client reads: Hello, Sync, Open, History. A socket is subscribed first and the log read second; what happens in between comes as
/// pushes, and the client merges by seq.
/// </summary>
internal sealed class ConversationReader(IEventLog log, Access access, Topics topics, IInboxDirectory directory, TimeProvider time)
{
    /// <summary>A visitor's conversations in a Hello, newest first; older ones by REST.</summary>
    internal const int VisitorConversations = 50;

    public async Task<Outcome<HelloResult>> HelloAsync(Call call, Hello request)
    {
        if (request.Protocol is < ProtocolVersion.Oldest)
            return ErrorCode.UpgradeRequired;
        if (request.Sdk is { Length: > 0 } sdk && !TextRules.IsText(sdk, Limits.SdkLength, lines: false))
            return Refusal.Of("sdk", FieldFault.Malformed);
        if (TextRules.Locale(request.Locale).Error is not null)
            return Refusal.Of("locale", FieldFault.Malformed);
        var cursors = request.Cursors ?? [];
        if (FindFault(cursors) is { } fault)
            return fault;
        IReadOnlyList<ConversationOwner> own = [];
        if (!call.Caller.IsOperator)
        {
            own = await log.FindOwnedAsync(call.Caller.VisitorId, VisitorConversations, call.Cancellation);
            var asked = cursors.Select(c => c.ConversationId).ToHashSet();
            cursors = [.. cursors, .. own.Where(owner => !asked.Contains(owner.Id)).Select(owner => new Cursor(owner.Id, 0, 0))];
        }
        var pages = await PagesAsync(call, cursors, own);
        if (pages.IsRefused)
            return pages.As<HelloResult>();
        var limits = ClientLimits.Current;
        if (call.Connection is not null)
            limits = limits with { ChangesPerSecond = call.Connection.Rates.ChangesPerSecond };
        return new HelloResult(time.GetUtcNow(), WhoIs(call.Caller), limits, pages.Value);
    }

    public Me WhoIs(Caller caller)
    {
        IReadOnlyList<InboxId> inboxes = caller.IsOperator ? [.. directory.InboxesOf(caller.OperatorId)] : [caller.InboxId];
        return new Me(caller.Kind, caller.Id, directory.ActorOf(caller).Name, caller.IsOperator ? caller.Role : null, inboxes);
    }

    public async Task<Outcome<SyncResult>> SyncAsync(Call call, Sync request)
    {
        if (FindFault(request.Cursors) is { } fault)
            return fault;
        var pages = await PagesAsync(call, request.Cursors, []);
        return pages.IsRefused ? pages.As<SyncResult>() : new SyncResult(pages.Value);
    }

    public async Task<Outcome<ConversationPage>> OpenAsync(Call call, OpenQuery request)
    {
        if (request.Epoch < 0 || request.Seq < 0)
            return Refusal.Of(request.Epoch < 0 ? "epoch" : "seq", FieldFault.OutOfRange);
        var pages = await PagesAsync(call, [new Cursor(request.ConversationId, request.Epoch, request.Seq)], []);
        if (pages.IsRefused)
            return pages.As<ConversationPage>();
        return pages.Value.Count == 1 ? pages.Value[0] : ErrorCode.NotFound;
    }

    public async Task<Outcome<HistoryResult>> HistoryAsync(Call call, HistoryQuery request)
    {
        var limit = request.Limit ?? 50;
        if (limit is < 1 or > Limits.HistoryPage)
            return Refusal.Of("limit", FieldFault.OutOfRange);
        if (request.Before is < 1 || request.After is < 0)
            return Refusal.Of(request.Before is < 1 ? "before" : "after", FieldFault.OutOfRange);
        var owner = await access.FindAsync(call, request.ConversationId);
        if (owner.IsRefused)
            return owner.Refusal;
        var page = await log.ReadHistoryAsync(request.ConversationId, request.Before, request.After, limit, call.Cancellation);
        return call.Caller.IsOperator ? page : page with { Events = Projection.ForVisitor(page.Events) };
    }

    /// <summary>One event as it stands now, for staff: the caller projects.</summary>
    public async Task<ChatEvent?> EventAsync(ConversationId id, int seq, CancellationToken cancellation)
    {
        var page = await log.ReadHistoryAsync(id, seq + 1, null, 1, cancellation);
        return page.Events is [var found] && found.Seq == seq ? found : null;
    }

    private static Refusal? FindFault(IReadOnlyList<Cursor> cursors)
    {
        if (cursors.Count > Limits.Cursors)
            return Refusal.Of("cursors", FieldFault.OutOfRange);
        for (var i = 0; i < cursors.Count; i++)
        {
            // JSON's null gets into a list of records whatever its type says.
            if (cursors[i] is not { } cursor)
                return Refusal.Of($"cursors[{i}]", FieldFault.Required);
            if (cursor.Seq < 0 || cursor.Epoch < 0)
                return Refusal.Of($"cursors[{i}].{(cursor.Seq < 0 ? "seq" : "epoch")}", FieldFault.OutOfRange);
        }
        return null;
    }

    /// <param name="call">Who asks.</param>
    /// <param name="cursors">What for.</param>
    /// <param name="known">Owners that have just been read.</param>
    private async Task<Outcome<IReadOnlyList<ConversationPage>>> PagesAsync(
        Call call,
        IReadOnlyList<Cursor> cursors,
        IReadOnlyList<ConversationOwner> known
    )
    {
        var positions = new Dictionary<ConversationId, Cursor>(cursors.Count);
        foreach (var cursor in cursors)
            positions[cursor.ConversationId] = cursor;
        if (positions.Count == 0)
            return Array.Empty<ConversationPage>();

        var owners = await access.FilterAsync(call, positions.Keys, known);
        if (call.Connection is not null)
        {
            foreach (var owner in owners)
                topics.Follow(call.Connection, owner);
        }
        var pages = await ReadAsync(call.Caller, owners.Select(o => positions[o.Id]), call.Cancellation);
        ChatMetrics.Resets.Add(pages.Count(page => page.Reset));
        return (call.Caller.IsOperator ? pages : pages.Select(Projection.ForVisitor)).ToArray();
    }

    /// <summary>Reads, and tells the topics what was read. Where a topic has started behind it meanwhile, the page lacks something: once more.</summary>
    private async Task<IReadOnlyList<ConversationPage>> ReadAsync(
        Caller reader,
        IEnumerable<Cursor> cursors,
        CancellationToken cancellation
    )
    {
        var asked = cursors.ToDictionary(c => c.ConversationId);
        var ask = new PagesAsk([.. asked.Values], Limits.SyncPage)
        {
            Reader = reader.Id,
            IsVisitors = !reader.IsOperator,
            Bytes = ReadBytes.Pages,
            MostBytes = ReadBytes.MostOfPages,
        };
        var pages = await log.ReadPagesAsync(ask, cancellation);
        var late = pages.Where(page => !Start(page)).Select(page => asked[page.Conversation.Id]).ToList();
        if (late.Count == 0)
            return pages;
        var again = (await log.ReadPagesAsync(ask with { Cursors = late }, cancellation)).ToDictionary(page => page.Conversation.Id);
        return [.. pages.Select(page => again.GetValueOrDefault(page.Conversation.Id, page))];
    }

    private bool Start(ConversationPage page) => topics.Find(page.Conversation.Id)?.Start(page.Epoch, page.Seq, page.Cursors) ?? true;
}
