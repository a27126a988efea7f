using System.Text.Json;
using Chat.Contracts;
using Chat.Server.Bus;
using Chat.Server.Conversations;
using Chat.Server.Delivery;
using Chat.Server.Identity;
using Chat.Server.Inboxes;
using Chat.Server.Messages;

namespace Chat.Server.Presence;

/// <summary>Typing and viewing: passed on to those who follow the conversation, never stored.</summary>
internal sealed class EphemeralService(Access access, IInboxDirectory directory, Publisher publisher)
{
    public async Task<Outcome<Done>> TypingAsync(Call call, TypingNotice request)
    {
        var owner = await access.FindAsync(call, request.ConversationId);
        if (owner.IsRefused)
            return owner.Refusal;
        string? preview = null;
        if (request.Preview is not null)
        {
            var text = TextRules.Preview(request.Preview);
            if (text.At("preview") is { } refusal)
                return refusal;
            // Dropped and not refused where the inbox does not allow it: the setting may have changed a moment ago.
            if (!call.Caller.IsOperator && directory.Find(owner.Value.InboxId) is { AllowPreview: true })
                preview = text.Value;
        }
        var notice = new Ephemeral(owner.Value.Id, EphemeralType.Typing, directory.ActorOf(call.Caller), Limits.TypingTtlMs, preview);
        // A visitor's typing is for operators; an operator's is for the visitor and for colleagues.
        Publish(notice, call.Caller.IsOperator, call.Connection);
        return default(Done);
    }

    public async Task<Outcome<Done>> ViewingAsync(Call call, ConversationRef request)
    {
        var owner = await access.FindAsync(call, request.ConversationId);
        if (owner.IsRefused)
            return owner.Refusal;
        Publish(
            new Ephemeral(owner.Value.Id, EphemeralType.Viewing, directory.ActorOf(call.Caller), Limits.PresenceTtlMs),
            false,
            call.Connection
        );
        return default(Done);
    }

    private void Publish(Ephemeral notice, bool toVisitor, ClientConnection? except)
    {
        var visitor = toVisitor ? Json(notice with { Actor = Projection.ForVisitor(notice.Actor, notice.ConversationId) }) : default;
        publisher.Publish(EnvelopeItem.Push(notice.ConversationId, PushTarget.Ephemeral, Json(notice), visitor), except);
    }

    private static ReadOnlyMemory<byte> Json(Ephemeral notice) => JsonSerializer.SerializeToUtf8Bytes(notice, ChatJson.Wire.Ephemeral);
}
