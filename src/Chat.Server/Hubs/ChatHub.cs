using Chat.Contracts;
using Chat.Server.Conversations;
using Chat.Server.Delivery;
using Chat.Server.Identity;
using Chat.Server.Messages;
using Chat.Server.Presence;
using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Hubs;

/// <summary>
/// What visitors and operators call alike. A hub only names the caller and passes on; the work is in the services, which REST calls too. Refusals
/// leave as <see cref="RefusedException"/> and become codes in <see cref="HubCallFilter"/>.
/// </summary>
internal abstract class ChatHub(HubServices services) : Hub, IChatHub
{
    protected ClientConnection Connection => Context.Features.Get<ClientConnection>()!;

    protected Caller Caller => Connection.Caller;

    protected ConversationService Conversations => services.Conversations;

    protected HubServices Services => services;

    public async Task<HelloResult> Hello(Hello request)
    {
        var answer = (await services.Reader.HelloAsync(Caller, request, Connection, CancellationToken.None)).OrThrow();
        // Only now it is known where he is expected.
        services.Presence.Arrived(Connection);
        return answer;
    }

    public async Task<SyncResult> Sync(Sync request) =>
        (await services.Reader.SyncAsync(Caller, request, Connection, CancellationToken.None)).OrThrow();

    public async Task<SendResult> Send(SendMessage request) =>
        (await services.Messages.SendAsync(Caller, request, Connection, CancellationToken.None)).OrThrow();

    public async Task<SendResult> Edit(EditMessage request) =>
        (await services.Messages.EditAsync(Caller, request, Connection, CancellationToken.None)).OrThrow();

    public async Task<SendResult> Delete(DeleteMessage request) =>
        (await services.Messages.DeleteAsync(Caller, request, Connection, CancellationToken.None)).OrThrow();

    public async Task Read(MarkSeq request) =>
        (await services.Cursors.MarkAsync(Caller, request, read: true, Connection, CancellationToken.None)).OrThrow();

    public async Task Delivered(MarkSeq request) =>
        (await services.Cursors.MarkAsync(Caller, request, read: false, Connection, CancellationToken.None)).OrThrow();

    public async Task Typing(TypingNotice request) =>
        (await services.Ephemerals.TypingAsync(Caller, request, Connection, CancellationToken.None)).OrThrow();

    public async Task<HistoryResult> History(HistoryQuery request) =>
        (await services.Reader.HistoryAsync(Caller, request, Connection, CancellationToken.None)).OrThrow();
}

/// <summary>What hubs pass calls on to; one object, since a hub is made anew for each call.</summary>
internal sealed record HubServices(
    ConversationReader Reader,
    MessageService Messages,
    ConversationService Conversations,
    CursorService Cursors,
    EphemeralService Ephemerals,
    PresenceTracker Presence
);
