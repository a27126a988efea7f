using Microsoft.AspNetCore.SignalR;

namespace Chat.Peers.SignalR;

internal sealed record JoinRequest(IReadOnlyList<Guid> Conversations, long? After);

internal sealed record SendRequest(Guid ConversationId, Guid ClientId, string Body);

internal sealed record HistoryRequest(Guid ConversationId, long Before, int Limit);

internal sealed record ConversationRequest(Guid ConversationId);

internal sealed record ChatEvent(Guid ConversationId, long Id, string Actor, DateTime At, Guid ClientId, string Body);

internal sealed record SendAnswer(string Status, ChatEvent Event);

internal sealed record EventsAnswer(string Status, IReadOnlyList<ChatEvent> Events);

/// <summary>A durable chat as SignalR's own guides build it: groups, the stock Redis backplane, an INSERT before the answer.</summary>
internal sealed class ChatHub(Messages messages) : Hub
{
    /// <summary>Joins groups, and answers what came after the last row that the client holds.</summary>
    public async Task<EventsAnswer> Join(JoinRequest request)
    {
        foreach (var conversation in request.Conversations)
            await Groups.AddToGroupAsync(Context.ConnectionId, conversation.ToString());
        return new EventsAnswer("ok", request.After is { } after ? await messages.ReadAfterAsync(request.Conversations, after) : []);
    }

    public async Task<SendAnswer> Send(SendRequest request)
    {
        var (stored, isNew) = await messages.AddAsync(request, Context.UserIdentifier ?? "");
        if (isNew)
            await Clients.OthersInGroup(request.ConversationId.ToString()).SendAsync("event", stored);
        return new SendAnswer("ok", stored);
    }

    public async Task<EventsAnswer> History(HistoryRequest request) => new("ok", await messages.ReadBeforeAsync(request));

    public Task Typing(ConversationRequest request) =>
        Clients.OthersInGroup(request.ConversationId.ToString()).SendAsync("ephemeral", new { request.ConversationId, Type = "typing" });
}
