using Chat.Contracts;
using Chat.Server.Delivery;
using Chat.Server.Identity;
using Chat.Server.Operators;
using Microsoft.AspNetCore.Authorization;

namespace Chat.Server.Hubs;

/// <summary><c>/hubs/operator</c>.</summary>
[Authorize(Policies.Operator)]
internal sealed class OperatorHub(HubServices services, OperatorLists lists, OwnAvailabilities availabilities, Topics topics)
    : ChatHub(services),
        IOperatorHub
{
    public async Task<WatchResult> Watch(Watch request) =>
        (await lists.WatchAsync(Caller, request, Connection, CancellationToken.None)).OrThrow();

    public async Task<ConversationPage> Open(OpenQuery request)
    {
        var page = (await Services.Reader.OpenAsync(Call, request)).OrThrow();
        Services.Presence.Tell(Connection, page.Conversation);
        return page;
    }

    public Task Leave(ConversationRef request)
    {
        topics.Unfollow(Connection, request.ConversationId);
        return Task.CompletedTask;
    }

    public async Task<SendResult> Claim(ConversationCommand request) => (await Conversations.ClaimAsync(Call, request)).OrThrow();

    public async Task<SendResult> Assign(AssignConversation request) => (await Conversations.AssignAsync(Call, request)).OrThrow();

    public async Task<SendResult> Transfer(TransferConversation request) => (await Conversations.TransferAsync(Call, request)).OrThrow();

    public async Task<SendResult> Note(WriteNote request) =>
        (
            await Services.Messages.SendAsync(
                Call,
                new SendMessage(request.ConversationId, request.ClientId, request.Body, SendKind.Note, request.ReplyTo)
            )
        ).OrThrow();

    public async Task<SendResult> SetStatus(SetStatus request) => (await Conversations.SetStatusAsync(Call, request)).OrThrow();

    public async Task<SendResult> Tag(TagConversation request) => (await Conversations.TagAsync(Call, request)).OrThrow();

    public async Task SetAvailability(SetAvailability request) =>
        (await availabilities.SetAsync(Caller, request, CancellationToken.None)).OrThrow();

    public async Task Viewing(ConversationRef request) => (await Services.Ephemerals.ViewingAsync(Call, request)).OrThrow();
}
