using Microsoft.AspNetCore.SignalR;
using Npgsql;

namespace Chat.Peers.SignalR;

internal sealed record SendRequest(Guid ConversationId, Guid ClientId, string Body);

internal sealed record ConversationRequest(Guid ConversationId);

internal sealed record ChatEvent(Guid ConversationId, long Id, string Actor, DateTime At, Guid ClientId, string Body);

internal sealed record SendAnswer(string Status, ChatEvent Event);

/// <summary>A durable chat as SignalR's own guides build it: groups, the stock Redis backplane, an INSERT before the answer.</summary>
internal sealed class ChatHub(NpgsqlDataSource database) : Hub
{
    private const string Insert = "INSERT INTO message (conversation_id, client_id, body) VALUES ($1, $2, $3) RETURNING id, at";

    public async Task Join(IReadOnlyList<Guid> conversations)
    {
        foreach (var conversation in conversations)
            await Groups.AddToGroupAsync(Context.ConnectionId, conversation.ToString());
    }

    public async Task<SendAnswer> Send(SendRequest request)
    {
        await using var command = database.CreateCommand(Insert);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = request.ConversationId });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = request.ClientId });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = request.Body });
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        var stored = new ChatEvent(
            request.ConversationId,
            reader.GetInt64(0),
            Context.UserIdentifier ?? "",
            reader.GetDateTime(1),
            request.ClientId,
            request.Body
        );
        await Clients.OthersInGroup(request.ConversationId.ToString()).SendAsync("event", stored);
        return new SendAnswer("ok", stored);
    }

    public Task Typing(ConversationRequest request) =>
        Clients.OthersInGroup(request.ConversationId.ToString()).SendAsync("ephemeral", new { request.ConversationId, Type = "typing" });
}
