using System.Text.Json;
using Chat.Contracts;
using Chat.Server.Conversations;
using Chat.Server.Conversations.Changes;
using Chat.Server.Delivery;
using Chat.Server.Identity;
using Chat.Server.Storage;

namespace Chat.Server.Messages;

/// <summary>Send, Edit and Delete, for hubs and REST alike: who may, the rules of texts, the lane, the acknowledgement.</summary>
internal sealed class MessageService(Access access, AppendLanes lanes, Answers answers)
{
    public async Task<Outcome<SendResult>> SendAsync(
        Caller caller,
        SendMessage request,
        ClientConnection? connection,
        CancellationToken cancellation
    )
    {
        if (request.Kind == SendKind.Note && !caller.IsOperator)
            return ErrorCode.Forbidden;
        if (request.Attachments is { ValueKind: not JsonValueKind.Null } || request.ClientId == Guid.Empty)
            return ErrorCode.Invalid;
        if (request.ReplyTo is < 1 || request.ExpectedSeq is < 0 || (request.ExpectedSeq is not null && !caller.IsOperator))
            return ErrorCode.Invalid;
        var body = TextRules.Body(request.Body);
        if (body.Error is { } error)
            return error;
        var owner = await access.FindAsync(caller, request.ConversationId, connection, cancellation);
        if (owner.IsRefused)
            return owner.Refusal;

        var type = request.Kind == SendKind.Note ? EventType.Note : EventType.Message;
        var message = new MessageAppend(
            request.ConversationId,
            request.ClientId,
            type,
            caller.Actor,
            body.Value,
            request.ReplyTo,
            request.ExpectedSeq,
            Fingerprint.OfText(request.ConversationId, request.ClientId, caller.Actor, type, body.Value)
        );
        // A batch does not look at what a message answers: that it is a message, and one that the author may see, is a rule.
        var storing = message.ReplyTo is null
            ? lanes.AppendAsync(message, connection)
            : lanes.ChangeAsync(MessageChange.Of(message), connection);
        return await answers.OfAsync(caller, request.ConversationId, storing, cancellation);
    }

    public async Task<Outcome<SendResult>> EditAsync(
        Caller caller,
        EditMessage request,
        ClientConnection? connection,
        CancellationToken cancellation
    )
    {
        if (request.Seq < 1 || request.ClientId == Guid.Empty)
            return ErrorCode.Invalid;
        var body = TextRules.Body(request.Body);
        if (body.Error is { } error)
            return error;
        return await ChangeAsync(
            caller,
            EditChange.Of(request.ConversationId, request.ClientId, caller.Actor, request.Seq, body.Value),
            connection,
            cancellation
        );
    }

    public async Task<Outcome<SendResult>> DeleteAsync(
        Caller caller,
        DeleteMessage request,
        ClientConnection? connection,
        CancellationToken cancellation
    )
    {
        if (request.Seq < 1 || request.ClientId == Guid.Empty)
            return ErrorCode.Invalid;
        var change = DeleteChange.Of(
            request.ConversationId,
            request.ClientId,
            caller.Actor,
            request.Seq,
            caller.IsOperator && caller.Role >= OperatorRole.Supervisor
        );
        return await ChangeAsync(caller, change, connection, cancellation);
    }

    private async Task<Outcome<SendResult>> ChangeAsync(
        Caller caller,
        ConversationChange change,
        ClientConnection? connection,
        CancellationToken cancellation
    )
    {
        var owner = await access.FindAsync(caller, change.ConversationId, connection, cancellation);
        if (owner.IsRefused)
            return owner.Refusal;
        return await answers.OfAsync(caller, change.ConversationId, lanes.ChangeAsync(change, connection), cancellation);
    }
}
