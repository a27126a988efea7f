using System.Text.Json;
using Chat.Contracts;
using Chat.Server.Bus;
using Chat.Server.Delivery;
using Chat.Server.Inboxes;
using Chat.Server.Operators;
using Chat.Server.Storage;

namespace Chat.Server.Presence;

/// <summary>Who hears of whom: operators of visitors and of each other, visitors of the one who answers them.</summary>
internal sealed partial class PresenceNotices(
    IPresence presence,
    IInboxDirectory directory,
    AvailabilityStore availability,
    PresencePushes pushes,
    ILogger<PresenceNotices> logger
)
{
    /// <summary>A visitor came or left: operators hear it.</summary>
    public void Visitor(Actor visitor, IReadOnlyList<ConversationOwner> conversations, bool online) =>
        pushes.Visitors.Publish(conversations, visitor, online);

    /// <summary>A visitor says Hello: he hears of those who answer him in these conversations.</summary>
    public async Task TellAssigneesAsync(ClientConnection visitor, IReadOnlyList<ConversationPage> pages, CancellationToken cancellation)
    {
        // His pages have no ids of operators but those that hold for him.
        var ids = pages.Where(page => page.Conversation.Assignee is not null).Select(page => page.Conversation.Id).ToList();
        if (ids.Count == 0)
            return;
        var answering = await availability.ReadAssigneesAsync(ids, cancellation);
        var online = await presence.OnlineAsync([.. answering.Select(a => a.Assignee.Id.Value).Distinct()], cancellation);
        foreach (var (id, assignee) in answering)
            visitor.Outbound.Enqueue(Frame.Of(Push.Ephemeral, Notice(id, assignee, IsHere(assignee.Id, online)), ChatJson.Wire.Ephemeral));
    }

    /// <summary>
    /// An operator has a socket here. Another one of his, wherever, is no news: a storm of reconnects would tell everybody of everybody.
    /// </summary>
    public Task OperatorArrivedAsync(OperatorId id, CancellationToken cancellation) =>
        pushes.Staff.Told.IsOnline(id) ? Task.CompletedTask : OperatorAsync(id, online: true, cancellation);

    /// <summary>An operator came or left: colleagues hear it, and the visitors of what he has.</summary>
    public async Task OperatorAsync(OperatorId id, bool online, CancellationToken cancellation)
    {
        if (await availability.ReadAsync([id.Value], cancellation) is not [var state])
            return;
        pushes.Staff.Publish(new OperatorChange(id, state.Availability, state.Capacity, online));
        // Whoever is gone may have lost the inbox, or their account, and what they have is theirs all the same.
        var inboxes = online ? directory.InboxesOf(id) : directory.All.Select(inbox => inbox.Id).ToHashSet();
        var assigned = await availability.ReadAssignedAsync(id, inboxes, cancellation);
        foreach (var (conversation, assignee) in await availability.ReadAssigneesAsync(assigned, cancellation))
            PublishAssignee(Notice(conversation, assignee, online));
    }

    public async Task TellVisitorAsync(ClientConnection @operator, Conversation conversation, CancellationToken cancellation)
    {
        var visitor = conversation.Visitor;
        // Never less than the others here were told: what differs is then told to all of them alike.
        var online =
            pushes.Visitors.Told.IsOnline(conversation.Id) || (await presence.OnlineAsync([visitor.Id.Value], cancellation)).Count > 0;
        var actor = new Actor(ActorKind.Visitor, visitor.Id.Value, visitor.Name);
        var notice = new Ephemeral(conversation.Id, EphemeralType.Presence, actor, Limits.OnlineTtlMs, Online: online);
        @operator.Outbound.Enqueue(Frame.Of(Push.Ephemeral, notice, ChatJson.Wire.Ephemeral));
    }

    public async Task TellAssigneeAsync(ConversationId conversation, OperatorFace assignee, CancellationToken cancellation)
    {
        var online = await presence.OnlineAsync([assignee.Id.Value], cancellation);
        PublishAssignee(Notice(conversation, assignee, IsHere(assignee.Id, online)));
    }

    /// <summary>What cannot be read now is not told: nothing of it is kept for.</summary>
    public async Task TryAsync(Func<CancellationToken, Task> work, CancellationToken cancellation)
    {
        try
        {
            await work(cancellation);
        }
        catch (StoreUnavailableException e)
        {
            LogNotTold(e.Message);
        }
    }

    /// <summary>Never less than clients were told: what differs is then told to all of them alike.</summary>
    private bool IsHere(OperatorId id, IReadOnlySet<Guid> online) => pushes.Staff.Told.IsOnline(id) || online.Contains(id.Value);

    private void PublishAssignee(Ephemeral notice)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(notice, ChatJson.Wire.Ephemeral);
        pushes.Publisher.Publish(EnvelopeItem.Push(notice.ConversationId, PushTarget.Ephemeral, default, json), null);
    }

    /// <summary>As visitors get it.</summary>
    private static Ephemeral Notice(ConversationId id, OperatorFace assignee, bool online)
    {
        var actor = new Actor(ActorKind.Operator, assignee.Id.Value, assignee.Name);
        return new Ephemeral(id, EphemeralType.Presence, Projection.ForVisitor(actor, id), Limits.OnlineTtlMs, Online: online);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Somebody's coming or leaving could not be told: {Reason}")]
    private partial void LogNotTold(string reason);
}

/// <summary>The ways on which notices go.</summary>
internal sealed record PresencePushes(VisitorPushes Visitors, StaffPushes Staff, Publisher Publisher);
