using Chat.Contracts;
using Chat.Server.Delivery;
using Chat.Server.Identity;
using Chat.Server.Inboxes;
using Chat.Server.Messages;
using Chat.Server.Networks;
using Chat.Server.Storage;

namespace Chat.Server.Conversations;

/// <summary>A visitor starts a conversation.</summary>
internal sealed class ConversationOpener(
    IEventLog log,
    ConversationReader reader,
    Publisher publisher,
    GainedConversations gained,
    VisitorStores stores,
    IInboxDirectory directory,
    TimeProvider time
)
{
    /// <summary>Code of the notice that a conversation was opened outside business hours.</summary>
    public const string Offline = "offline";

    private static readonly Refusal TooManyOpen = new(ErrorCode.Conflict, "too_many_open");

    public async Task<Outcome<OpenResult>> OpenAsync(Call call, OpenConversation request)
    {
        var topic = TextRules.Topic(request.Topic);
        var page = TextRules.Page(request.Page);
        var fields = TextRules.Fields(request.Fields);
        var unset = request.ClientId == Guid.Empty ? Refusal.Of("clientId", FieldFault.Required) : null;
        if ((topic.At("topic") ?? page.At("page") ?? fields.At("fields") ?? unset) is { } refusal)
            return refusal;
        var inbox = directory.Find(call.Caller.InboxId);
        var setup = inbox?.Setup ?? InboxSetup.Default;
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
            isOpen ? null : Offline,
            inbox?.OpenConversations ?? Limits.OpenConversations
        );
        if (setup.Form is { } form && FormRules.FindFault(form, fields.Value) is { } fault)
            return await RefuseAsync(call, conversation, fault);
        var taken = stores.TakeOpening(call.Caller, request);
        if (taken.IsRefused)
            return await RefuseAsync(call, conversation, taken.As<OpenResult>());
        var opened = await StoreAsync(conversation, taken.Value, call.Cancellation);
        if (opened is null)
            return TooManyOpen;
        if (opened.Duplicate)
            return await AnswerAsync(call, opened.Page.Conversation.Id, ResultStatus.Duplicate);
        publisher.Publish(call.Caller.InboxId, opened.Page.Events, call.Connection, opened.Page.Seq);
        gained.Publish(call.Caller.VisitorId, opened.Page.Conversation.Id, call.Connection);
        return await AnswerAsync(call, opened.Page.Conversation.Id, ResultStatus.Ok);
    }

    /// <summary>Form and budgets are those of now: what is stored already is not refused by them.</summary>
    private async Task<Outcome<OpenResult>> RefuseAsync(Call call, NewConversation conversation, Outcome<OpenResult> refusal) =>
        await log.FindOpenedAsync(conversation, call.Cancellation) is { } known
            ? await AnswerAsync(call, known, ResultStatus.Duplicate)
            : refusal;

    /// <summary>What was not stored has cost nothing.</summary>
    private async Task<OpenedConversation?> StoreAsync(
        NewConversation conversation,
        VisitorStores.Taken taken,
        CancellationToken cancellation
    )
    {
        OpenedConversation? opened = null;
        try
        {
            return opened = await log.OpenAsync(conversation, cancellation);
        }
        finally
        {
            if (opened is null or { Duplicate: true })
                stores.Return(taken);
        }
    }

    /// <summary>Read again after subscribing: an operator may have been faster.</summary>
    private async Task<Outcome<OpenResult>> AnswerAsync(Call call, ConversationId id, ResultStatus status)
    {
        var current = await reader.OpenAsync(call, new OpenQuery(id));
        return current.IsRefused ? current.Refusal : new OpenResult(status, current.Value);
    }
}
