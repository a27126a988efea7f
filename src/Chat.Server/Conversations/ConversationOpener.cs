using Chat.Contracts;
using Chat.Server.Delivery;
using Chat.Server.Identity;
using Chat.Server.Messages;
using Chat.Server.Storage;

namespace Chat.Server.Conversations;

/// <summary>A visitor starts a conversation.</summary>
internal sealed class ConversationOpener(IEventLog log, ConversationReader reader, Publisher publisher, TimeProvider time)
{
    public async Task<Outcome<OpenResult>> OpenAsync(
        Caller caller,
        OpenConversation request,
        ClientConnection? connection,
        CancellationToken cancellation
    )
    {
        var topic = TextRules.Topic(request.Topic);
        var page = TextRules.Page(request.Page);
        var fields = TextRules.Fields(request.Fields);
        var unset = request.ClientId == Guid.Empty ? ErrorCode.Invalid : null;
        if ((topic.Error ?? page.Error ?? fields.Error ?? unset) is { } error)
            return error;

        var conversation = new NewConversation(
            new ConversationId(Guid.CreateVersion7(time.GetUtcNow())),
            caller.InboxId,
            caller.VisitorId,
            caller.Name,
            request.ClientId,
            topic.Value,
            page.Value,
            fields.Value,
            null
        );
        var opened = await log.OpenAsync(conversation, cancellation);
        var id = opened.Page.Conversation.Id;
        if (!opened.Duplicate)
            publisher.Publish(caller.InboxId, opened.Page.Events, connection, opened.Page.Seq);
        // Read again after subscribing: an operator may have been faster.
        var current = await reader.OpenAsync(caller, new OpenQuery(id), connection, cancellation);
        if (current.IsRefused)
            return current.Refusal;
        return new OpenResult(opened.Duplicate ? ResultStatus.Duplicate : ResultStatus.Ok, current.Value);
    }
}
