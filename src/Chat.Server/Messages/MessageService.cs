using System.Text.Json;
using Chat.Contracts;
using Chat.Server.Conversations;
using Chat.Server.Conversations.Changes;
using Chat.Server.Identity;
using Chat.Server.Storage;

namespace Chat.Server.Messages;

/// <summary>Send, Edit and Delete, for hubs and REST alike: who may, the rules of texts, the lane, the acknowledgement.</summary>
internal sealed class MessageService(Access access, AppendLanes lanes, Answers answers)
{
    public async Task<Outcome<SendResult>> SendAsync(Call call, SendMessage request)
    {
        if (request.Kind == SendKind.Note && !call.Caller.IsOperator)
            return ErrorCode.Forbidden;
        if (request.Attachments is { ValueKind: not JsonValueKind.Null } || request.ClientId == Guid.Empty)
            return ErrorCode.Invalid;
        if (request.ReplyTo is < 1 || request.ExpectedSeq is < 0 || (request.ExpectedSeq is not null && !call.Caller.IsOperator))
            return ErrorCode.Invalid;
        var body = TextRules.Body(request.Body);
        if (body.Error is { } error)
            return error;
        var owner = await access.FindAsync(call, request.ConversationId);
        if (owner.IsRefused)
            return owner.Refusal;

        var type = request.Kind == SendKind.Note ? EventType.Note : EventType.Message;
        var message = new MessageAppend(
            request.ConversationId,
            request.ClientId,
            type,
            call.Caller.Actor,
            body.Value,
            request.ReplyTo,
            request.ExpectedSeq,
            Fingerprint.OfText(request.ConversationId, request.ClientId, call.Caller.Actor, type, body.Value)
        );
        // A batch does not look at what a message answers: that it is a message, and one that the author may see, is a rule.
        var storing = message.ReplyTo is null
            ? lanes.AppendAsync(message, call.Connection)
            : lanes.ChangeAsync(MessageChange.Of(message), call.Connection);
        return await answers.OfAsync(call, request.ConversationId, storing);
    }

    public async Task<Outcome<SendResult>> EditAsync(Call call, EditMessage request)
    {
        if (request.Seq < 1 || request.ClientId == Guid.Empty)
            return ErrorCode.Invalid;
        var body = TextRules.Body(request.Body);
        if (body.Error is { } error)
            return error;
        return await ChangeAsync(call, EditChange.Of(request.ConversationId, request.ClientId, call.Caller.Actor, request.Seq, body.Value));
    }

    public async Task<Outcome<SendResult>> DeleteAsync(Call call, DeleteMessage request)
    {
        if (request.Seq < 1 || request.ClientId == Guid.Empty)
            return ErrorCode.Invalid;
        var change = DeleteChange.Of(
            request.ConversationId,
            request.ClientId,
            call.Caller.Actor,
            request.Seq,
            call.Caller.IsOperator && call.Caller.Role >= OperatorRole.Supervisor
        );
        return await ChangeAsync(call, change);
    }

    private async Task<Outcome<SendResult>> ChangeAsync(Call call, ConversationChange change)
    {
        var owner = await access.FindAsync(call, change.ConversationId);
        if (owner.IsRefused)
            return owner.Refusal;
        return await answers.OfAsync(call, change.ConversationId, lanes.ChangeAsync(change, call.Connection));
    }
}
