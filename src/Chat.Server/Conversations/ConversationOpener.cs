using Chat.Contracts;
using Chat.Server.Delivery;
using Chat.Server.Identity;
using Chat.Server.Inboxes;
using Chat.Server.Messages;
using Chat.Server.Storage;

namespace Chat.Server.Conversations;

/// <summary>A visitor starts a conversation.</summary>
internal sealed class ConversationOpener(
    IEventLog log,
    ConversationReader reader,
    Publisher publisher,
    IInboxDirectory directory,
    TimeProvider time
)
{
    /// <summary>Code of the notice that a conversation was opened outside business hours.</summary>
    public const string Offline = "offline";

    public async Task<Outcome<OpenResult>> OpenAsync(Call call, OpenConversation request)
    {
        var topic = TextRules.Topic(request.Topic);
        var page = TextRules.Page(request.Page);
        var fields = TextRules.Fields(request.Fields);
        var unset = request.ClientId == Guid.Empty ? ErrorCode.Invalid : null;
        if ((topic.Error ?? page.Error ?? fields.Error ?? unset) is { } error)
            return error;
        var setup = directory.Find(call.Caller.InboxId)?.Setup ?? InboxSetup.Default;
        if (setup.Form is { } form && !FormRules.Accepts(form, fields.Value))
            return ErrorCode.Invalid;

        var now = time.GetUtcNow();
        var isOpen = setup.Hours is not { } hours || OpeningHours.StateAt(hours, now).Open;
        var conversation = new NewConversation(
            new ConversationId(Guid.CreateVersion7(now)),
            call.Caller.InboxId,
            call.Caller.VisitorId,
            call.Caller.Name,
            request.ClientId,
            topic.Value,
            page.Value,
            fields.Value,
            call.Caller.Device,
            isOpen ? null : Offline
        );
        var opened = await log.OpenAsync(conversation, call.Cancellation);
        var id = opened.Page.Conversation.Id;
        if (!opened.Duplicate)
            publisher.Publish(call.Caller.InboxId, opened.Page.Events, call.Connection, opened.Page.Seq);
        // Read again after subscribing: an operator may have been faster.
        var current = await reader.OpenAsync(call, new OpenQuery(id));
        if (current.IsRefused)
            return current.Refusal;
        return new OpenResult(opened.Duplicate ? ResultStatus.Duplicate : ResultStatus.Ok, current.Value);
    }
}
