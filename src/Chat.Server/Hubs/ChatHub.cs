using Chat.Contracts;
using Chat.Server.Conversations;
using Chat.Server.Delivery;
using Chat.Server.Devices;
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

    /// <summary>Without the socket's token: what was asked for is done, whether the socket lives to hear of it or not.</summary>
    protected Call Call => new(Caller, Connection, CancellationToken.None);

    protected ConversationService Conversations => services.Conversations;

    protected HubServices Services => services;

    public async Task<HelloResult> Hello(Hello request)
    {
        var isAnswered = false;
        Connection.BeginHello();
        try
        {
            var answer = await GreetAsync(request);
            isAnswered = true;
            return answer;
        }
        finally
        {
            Connection.EndHello(isAnswered);
        }
    }

    public async Task<SyncResult> Sync(Sync request) => (await services.Reader.SyncAsync(Call, request)).OrThrow();

    public async Task<SendResult> Send(SendMessage request) => (await services.Messages.SendAsync(Call, request)).OrThrow();

    public async Task<SendResult> Edit(EditMessage request) => (await services.Messages.EditAsync(Call, request)).OrThrow();

    public async Task<SendResult> Delete(DeleteMessage request) => (await services.Messages.DeleteAsync(Call, request)).OrThrow();

    public async Task Read(MarkSeq request) => (await services.Cursors.MarkAsync(Call, request, read: true)).OrThrow();

    public async Task Delivered(MarkSeq request) => (await services.Cursors.MarkAsync(Call, request, read: false)).OrThrow();

    public async Task Typing(TypingNotice request) => (await services.Ephemerals.TypingAsync(Call, request)).OrThrow();

    public async Task<HistoryResult> History(HistoryQuery request) => (await services.Reader.HistoryAsync(Call, request)).OrThrow();

    private async Task<HelloResult> GreetAsync(Hello request)
    {
        var answer = (await services.Reader.HelloAsync(Call, request)).OrThrow();
        // Only now it is known where he is expected.
        services.Presence.Arrived(Connection, answer.Conversations);
        if (!Caller.IsOperator)
            services.Queue.Arrived(Connection, answer.Conversations);
        return answer;
    }
}

/// <summary>What hubs pass calls on to; one object, since a hub is made anew for each call.</summary>
internal sealed record HubServices(
    ConversationReader Reader,
    MessageService Messages,
    ConversationService Conversations,
    CursorService Cursors,
    EphemeralService Ephemerals,
    PresenceTracker Presence,
    QueuePositions Queue,
    OwnDevices Devices
);
