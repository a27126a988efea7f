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

    /// <summary>By conversation.</summary>
    public ToldPresence<ConversationId> Told { get; } = new();

    public void Publish(IReadOnlyList<ConversationOwner> conversations, Actor visitor, bool online)
    {
        if (conversations.Count == 0)
            return;
        EnvelopeItem[] items = [.. conversations.Select(conversation => Item(conversation, visitor, online))];
        Deliver(items);
        publisher.Publish(items, Shards.Of(conversations[0].VisitorId.Value));
    }

    /// <summary>For those who are here alone.</summary>
    public void Tell(IEnumerable<ConversationOwner> conversations, bool online) =>
        Deliver([.. conversations.Select(c => Item(c, new Actor(ActorKind.Visitor, c.VisitorId.Value), online))]);

    public void Deliver(IReadOnlyList<EnvelopeItem> presences)
    {
        foreach (var inbox in presences.GroupBy(presence => presence.InboxId))
        {
            var notices = inbox
                .Select(p => new VisitorNotice(p.ConversationId, p.Flags != Left, Frame.Of(Push.Ephemeral, p.Staff.Span)))
                .ToList();
            foreach (var notice in notices)
            {
                Told.Note(notice.Id, notice.Online);
                topics.Find(notice.Id)?.Send(new PushPair(notice.Frame, null), null);
            }
            watch.PushPresence(inbox.Key, notices);
        }
    }

    private static EnvelopeItem Item(ConversationOwner conversation, Actor visitor, bool online)
    {
        var notice = new Ephemeral(conversation.Id, EphemeralType.Presence, visitor, Limits.OnlineTtlMs, Online: online);
        var json = JsonSerializer.SerializeToUtf8Bytes(notice, ChatJson.Wire.Ephemeral);
        return EnvelopeItem.Presence(conversation.InboxId, conversation.Id, online ? (byte)0 : Left, json);
    }
}

/// <summary>That the visitor of a conversation came or left.</summary>
internal readonly record struct VisitorNotice(ConversationId Id, bool Online, Frame Frame);
