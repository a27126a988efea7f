using Chat.Contracts;
using Chat.Server.Api;

namespace Chat.Server.Messages;

/// <summary>Send, Edit and Delete over REST.</summary>
internal static class MessageEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var messages = api.ServiceProvider.GetRequiredService<MessageService>();
        var group = api.MapGroup("").WithTags("Messages");
        group
            .MapChange<SendMessage>("events", request => request.ConversationId, messages.SendAsync)
            .Describe(
                "Send",
                "Stores a message, or on the operator's side a note.",
                "Repeat it under the same clientId until it is answered."
            );
        group
            .MapChange<EditMessage>("edits", request => request.ConversationId, messages.EditAsync)
            .Describe("Edit", "Gives an own message or note a new text.");
        group
            .MapChange<DeleteMessage>("deletions", request => request.ConversationId, messages.DeleteAsync)
            .Describe("Delete", "Erases an own message or note; supervisors: anyone's.");
    }
}
