using System.Text.Json;
using Chat.Contracts;
using Chat.Server.Conversations;
using Chat.Server.Conversations.Changes;
using Chat.Server.Identity;
using Chat.Server.Inboxes;
using Chat.Server.Networks;
using Chat.Server.Storage;

namespace Chat.Server.Messages;

/// <summary>Send, Edit and Delete, for hubs and REST alike: who may, the rules of texts, the lane, the acknowledgement.</summary>
internal sealed class MessageService(Access access, AppendLanes lanes, Answers answers, VisitorStores stores, IInboxDirectory directory)
{
    public async Task<Outcome<SendResult>> SendAsync(Call call, SendMessage request)
    {
        if (request.Kind == SendKind.Note && !call.Caller.IsOperator)
            return ErrorCode.Forbidden;
        if (FindFault(call.Caller, request) is { } fault)
            return fault;
        var body = TextRules.Body(request.Body);
        if (body.At("body") is { } refusal)
            return refusal;
        var owner = await access.FindAsync(call, request.ConversationId);
        if (owner.IsRefused)
            return owner.Refusal;

        var taken = stores.Take(call.Caller, body.Value);
        if (taken.IsRefused)
            return taken.As<SendResult>();

        var type = request.Kind == SendKind.Note ? EventType.Note : EventType.Message;
        var author = directory.ActorOf(call.Caller);
        var message = new MessageAppend(
            request.ConversationId,
            request.ClientId,
            type,
            author,
            body.Value,
            request.ReplyTo,
            request.ExpectedSeq,
            Fingerprint.OfText(request.ConversationId, request.ClientId, author, type, body.Value)
        );
        // A batch does not look at what a message answers: that it is a message, and one that the author may see, is a rule.
        var storing = message.ReplyTo is null
            ? lanes.AppendAsync(message, call.Connection)
            : lanes.ChangeAsync(MessageChange.Of(message), call.Connection);
        return await stores.SettleAsync(taken.Value, answers.OfAsync(call, request.ConversationId, storing));
    }

    public async Task<Outcome<SendResult>> EditAsync(Call call, EditMessage request)
    {
        if (FindFault(request.ClientId, request.Seq) is { } fault)
            return fault;
        var body = TextRules.Body(request.Body);
        if (body.At("body") is { } refusal)
            return refusal;
        return await ChangeAsync(
            call,
            EditChange.Of(request.ConversationId, request.ClientId, directory.ActorOf(call.Caller), request.Seq, body.Value),
            body.Value
        );
    }

    public async Task<Outcome<SendResult>> DeleteAsync(Call call, DeleteMessage request)
    {
        if (FindFault(request.ClientId, request.Seq) is { } fault)
            return fault;
        var change = DeleteChange.Of(
            request.ConversationId,
            request.ClientId,
            directory.ActorOf(call.Caller),
            request.Seq,
            call.Caller.IsOperator && call.Caller.Role >= OperatorRole.Supervisor
        );
        return await ChangeAsync(call, change);
    }

    private static Refusal? FindFault(Caller caller, SendMessage request)
    {
        if (request.Attachments is { ValueKind: not JsonValueKind.Null })
            return Refusal.Of("attachments", FieldFault.NotAllowed);
        if (request.ClientId == Guid.Empty)
            return Refusal.Of("clientId", FieldFault.Required);
        if (request.ReplyTo is < 1)
            return Refusal.Of("replyTo", FieldFault.OutOfRange);
        if (request.ExpectedSeq is < 0)
            return Refusal.Of("expectedSeq", FieldFault.OutOfRange);
        return request.ExpectedSeq is not null && !caller.IsOperator ? Refusal.Of("expectedSeq", FieldFault.NotAllowed) : null;
    }

    private static Refusal? FindFault(Guid clientId, int seq)
    {
        if (seq < 1)
            return Refusal.Of("seq", FieldFault.OutOfRange);
        return clientId == Guid.Empty ? Refusal.Of("clientId", FieldFault.Required) : null;
    }

    private async Task<Outcome<SendResult>> ChangeAsync(Call call, ConversationChange change, string? text = null)
    {
        var owner = await access.FindAsync(call, change.ConversationId);
        if (owner.IsRefused)
            return owner.Refusal;
        var taken = stores.Take(call.Caller, text);
        if (taken.IsRefused)
            return taken.As<SendResult>();
        return await stores.SettleAsync(
            taken.Value,
            answers.OfAsync(call, change.ConversationId, lanes.ChangeAsync(change, call.Connection))
        );
    }
}
