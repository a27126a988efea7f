using System.Text.Json;
using Chat.Contracts;
using Chat.Server.Bus;
using Chat.Server.Storage;

namespace Chat.Server.Delivery;

/// <summary>
/// That a visitor came or left: for operators who follow his conversations or watch their inbox, once for each socket. All his conversations go
/// together, so that hundreds of them cost the bus and those who watch little more than one.
/// </summary>
internal sealed class VisitorPushes(Topics topics, InboxWatch watch, Publisher publisher)
{
    private const byte Left = 1;

    public void Publish(IReadOnlyList<ConversationOwner> conversations, Actor visitor, bool online)
    {
        if (conversations.Count == 0)
            return;
        var items = new EnvelopeItem[conversations.Count];
        for (var i = 0; i < items.Length; i++)
        {
            var (id, inbox, _) = conversations[i];
            var notice = new Ephemeral(id, EphemeralType.Presence, visitor, Limits.OnlineTtlMs, Online: online);
            var json = JsonSerializer.SerializeToUtf8Bytes(notice, ChatJson.Wire.Ephemeral);
            items[i] = EnvelopeItem.Presence(inbox, id, online ? (byte)0 : Left, json);
        }
        Deliver(items);
        publisher.Publish(items, Shards.Of(conversations[0].VisitorId.Value));
    }

    public void Deliver(IReadOnlyList<EnvelopeItem> presences)
    {
        foreach (var inbox in presences.GroupBy(presence => presence.InboxId))
        {
            var notices = inbox
                .Select(p => new VisitorNotice(p.ConversationId, p.Flags != Left, Frame.Of(Push.Ephemeral, p.Staff.Span)))
                .ToList();
            foreach (var notice in notices)
                topics.Find(notice.Id)?.Send(new PushPair(notice.Frame, null), null);
            watch.PushPresence(inbox.Key, notices);
        }
    }
}

/// <summary>That the visitor of a conversation came or left.</summary>
internal readonly record struct VisitorNotice(ConversationId Id, bool Online, Frame Frame);
