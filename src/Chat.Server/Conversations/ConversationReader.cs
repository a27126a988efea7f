using System.Text;
using Chat.Contracts;
using Chat.Server.Delivery;
using Chat.Server.Identity;
using Chat.Server.Inboxes;
using Chat.Server.Observability;
using Chat.Server.Storage;

namespace Chat.Server.Conversations;

/// <summary>
/// Everything a client reads: Hello, Sync, Open, History. A socket is subscribed first and the log read second; what happens in between comes as
/// pushes, and the client merges by seq.
/// </summary>
internal sealed class ConversationReader(IEventLog log, Access access, Topics topics, IInboxDirectory directory, TimeProvider time)
{
    /// <summary>A visitor's conversations in a Hello, newest first; older ones by REST.</summary>
    internal const int VisitorConversations = 50;

    /// <summary>
    /// Events in one answer, more or less. A client gives a call up after 10 s, in which 64 kbit/s carry 80 KB, and asks for the same again: after more
    /// than that it would never be up to date.
    /// </summary>
    private const int AnswerBytes = 32 * 1024;

    /// <summary>Of each conversation's newest, which are not continued by themselves, there are at least so many.</summary>
    private const int SnapshotBytes = 4 * 1024;

    /// <summary>An event without its text, more or less.</summary>
    private const int EventBytes = 250;

    public async Task<Outcome<HelloResult>> HelloAsync(Call call, Hello request)
    {
        if (request.Protocol is < ProtocolVersion.Oldest)
            return ErrorCode.UpgradeRequired;
        if (request.Sdk is { Length: > Limits.SdkLength } || request.Locale is { Length: > Limits.LocaleLength })
            return ErrorCode.Invalid;
        var cursors = request.Cursors ?? [];
        if (!Fit(cursors))
            return ErrorCode.Invalid;
        IReadOnlyList<ConversationOwner> own = [];
        if (!call.Caller.IsOperator)
        {
            own = await log.FindOwnedAsync(call.Caller.VisitorId, VisitorConversations, call.Cancellation);
            var asked = cursors.Select(c => c.ConversationId).ToHashSet();
            cursors = [.. cursors, .. own.Where(owner => !asked.Contains(owner.Id)).Select(owner => new Cursor(owner.Id, 0, 0))];
        }
        var pages = await PagesAsync(call, cursors, own);
        if (pages.IsRefused)
            return pages.Refusal;
        var limits = ClientLimits.Current;
        if (call.Connection is not null)
            limits = limits with { ChangesPerSecond = call.Connection.Rates.ChangesPerSecond };
        return new HelloResult(time.GetUtcNow(), WhoIs(call.Caller), limits, pages.Value);
    }

    public Me WhoIs(Caller caller)
    {
        IReadOnlyList<InboxId> inboxes = caller.IsOperator ? [.. directory.InboxesOf(caller.OperatorId)] : [caller.InboxId];
        return new Me(caller.Kind, caller.Id, caller.Name, caller.IsOperator ? caller.Role : null, inboxes);
    }

    public async Task<Outcome<SyncResult>> SyncAsync(Call call, Sync request)
    {
        if (!Fit(request.Cursors))
            return ErrorCode.Invalid;
        var pages = await PagesAsync(call, request.Cursors, []);
        return pages.IsRefused ? pages.Refusal : new SyncResult(pages.Value);
    }

    public async Task<Outcome<ConversationPage>> OpenAsync(Call call, OpenQuery request)
    {
        var pages = await PagesAsync(call, [new Cursor(request.ConversationId, request.Epoch, request.Seq)], []);
        if (pages.IsRefused)
            return pages.Refusal;
        return pages.Value.Count == 1 ? pages.Value[0] : ErrorCode.NotFound;
    }

    public async Task<Outcome<HistoryResult>> HistoryAsync(Call call, HistoryQuery request)
    {
        var limit = request.Limit ?? 50;
        if (limit is < 1 or > Limits.HistoryPage || request.Before is < 1 || request.After is < 0)
            return ErrorCode.Invalid;
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

    // JSON's null gets into a list of records whatever its type says.
    private static bool Fit(IReadOnlyList<Cursor> cursors) => cursors.Count <= Limits.Cursors && cursors.All(c => c is not null);

    /// <summary>The first or the newest events of the page that there is room for, one at least; the client asks for the others.</summary>
    private static ConversationPage Shorten(ConversationPage page, bool isNewest, ref int room)
    {
        var events = page.Events;
        var left = isNewest ? Math.Max(room, SnapshotBytes) : room;
        var (kept, bytes) = (0, 0);
        while (kept < events.Count && (kept == 0 || bytes < left))
            bytes += BytesOf(events[isNewest ? events.Count - ++kept : kept++]);
        room -= bytes;
        return kept == events.Count
            ? page
            : page with
            {
                Events = [.. isNewest ? events.Skip(events.Count - kept) : events.Take(kept)],
                HasMore = true,
            };
    }

    private static int BytesOf(ChatEvent e) => EventBytes + Encoding.UTF8.GetByteCount(e.Data?.Body ?? "");

    /// <param name="call">Who asks.</param>
    /// <param name="cursors">What for.</param>
    /// <param name="known">Owners that have just been read.</param>
    private async Task<Outcome<IReadOnlyList<ConversationPage>>> PagesAsync(
        Call call,
        IReadOnlyList<Cursor> cursors,
        IReadOnlyList<ConversationOwner> known
    )
    {
        if (cursors.Any(c => c.Seq < 0 || c.Epoch < 0))
            return ErrorCode.Invalid;
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
        var pages = await ReadAsync(owners.Select(o => positions[o.Id]), call.Cancellation);
        var result = new ConversationPage[pages.Count];
        var room = AnswerBytes;
        for (var i = 0; i < result.Length; i++)
        {
            var page = Shorten(pages[i], pages[i].Reset || positions[pages[i].Conversation.Id].Seq == 0, ref room);
            if (page.Reset)
                ChatMetrics.Resets.Add(1);
            result[i] = call.Caller.IsOperator ? page : Projection.ForVisitor(page);
        }
        return result;
    }

    /// <summary>Reads, and tells the topics what was read. Where a topic has started behind it meanwhile, the page lacks something: once more.</summary>
    private async Task<IReadOnlyList<ConversationPage>> ReadAsync(IEnumerable<Cursor> cursors, CancellationToken cancellation)
    {
        var asked = cursors.ToDictionary(c => c.ConversationId);
        var pages = await log.ReadPagesAsync([.. asked.Values], Limits.SyncPage, cancellation);
        var late = pages.Where(page => !Start(page)).Select(page => asked[page.Conversation.Id]).ToList();
        if (late.Count == 0)
            return pages;
        var again = (await log.ReadPagesAsync(late, Limits.SyncPage, cancellation)).ToDictionary(page => page.Conversation.Id);
        return [.. pages.Select(page => again.GetValueOrDefault(page.Conversation.Id, page))];
    }

    private bool Start(ConversationPage page) => topics.Find(page.Conversation.Id)?.Start(page.Epoch, page.Seq, page.Cursors) ?? true;
}
