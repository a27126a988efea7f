using System.Text.Json;
using Chat.Contracts;
using Chat.Server.Bus;
using Chat.Server.Storage;

namespace Chat.Server.Delivery;

/// <summary>That a visitor came or left: for operators who follow his conversation or watch its inbox, once for each socket.</summary>
internal sealed class VisitorPushes(Topics topics, InboxWatch watch, Publisher publisher)
{
    private const byte Left = 1;

    public void Publish(ConversationOwner conversation, Actor visitor, bool online)
    {
        var notice = new Ephemeral(conversation.Id, EphemeralType.Presence, visitor, Limits.OnlineTtlMs, Online: online);
        var json = JsonSerializer.SerializeToUtf8Bytes(notice, ChatJson.Wire.Ephemeral);
        var item = EnvelopeItem.Presence(conversation.InboxId, conversation.Id, online ? (byte)0 : Left, json);
        Deliver(item);
        publisher.Publish(item, Shards.Of(conversation.Id.Value));
    }

    public void Deliver(in EnvelopeItem presence)
    {
        var frame = Frame.Of(Push.Ephemeral, presence.Staff.Span);
        topics.Find(presence.ConversationId)?.Send(new PushPair(frame, null), null);
        watch.PushPresence(presence.InboxId, presence.ConversationId, frame, online: presence.Flags != Left);
    }
}
