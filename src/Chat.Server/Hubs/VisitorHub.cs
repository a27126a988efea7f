using Chat.Contracts;
using Chat.Server.Identity;
using Microsoft.AspNetCore.Authorization;

namespace Chat.Server.Hubs;

/// <summary><c>/hubs/visitor</c>.</summary>
[Authorize(Policies.Visitor)]
internal sealed class VisitorHub(HubServices services) : ChatHub(services), IVisitorHub
{
    public async Task<OpenResult> OpenConversation(OpenConversation request)
    {
        var opened = (await Conversations.OpenAsync(Call, request)).OrThrow();
        Services.Presence.Arrived(Connection, [opened.Page]);
        Services.Queue.Arrived(Connection, [opened.Page]);
        return opened;
    }

    public async Task<SendResult> Rate(RateConversation request) => (await Conversations.RateAsync(Call, request)).OrThrow();

    public async Task<SendResult> Close(ConversationCommand request) => (await Conversations.CloseAsync(Call, request)).OrThrow();

    public async Task RegisterDevice(RegisterDevice request) => (await Services.Devices.RegisterAsync(Call, request)).OrThrow();
}
