using System.Text.Json;
using Chat.LoadTests.Sockets;
using Chat.LoadTests.Systems.Peers;

namespace Chat.LoadTests.Resilience;

/// <summary>
/// What the guides of Socket.IO and SignalR advise: repeat a send until it is acknowledged, join the room again after a reconnect, and read what came since
/// the last row held. What was stored and never broadcast is noticed by nobody.
/// </summary>
internal sealed class RoomRules(Reconnector reconnector, RoomPeer peer) : ClientRules(reconnector, peer.Dialect)
{
    public override Resumed Connect(Party party)
    {
        var pushes = new List<string>();
        var user = party.IsSender ? $"visitor{party.Talk.Number}" : $"operator{party.Talk.Number}";
        var (link, missed) = peer.Enter(user, party.Place, party.Talk.Number, party.Talk.Position, pushes);
        pushes.AddRange(link.TakeRest());
        return new Resumed(party, link, missed, pushes);
    }

    public override void Open(Talk talk, WebSocketLink visitor) => talk.Id = peer.ConversationId(talk.Number);

    public override void Apply(Party party, ReadOnlySpan<byte> record, long now)
    {
        if (party.IsSender && peer.Dialect.IsAcknowledgement(record))
            Answer(party, peer.Dialect.Complaint(record) is not null, now);
        else if (!party.IsSender && peer.Dialect.IsDelivery(record))
            ApplyEvent(party, peer.EventOf(record), now);
    }

    protected override void CatchUp(Party party, JsonElement missed, long now)
    {
        foreach (var e in missed.EnumerateArray())
            ApplyEvent(party, e, now);
        Return(party, now);
    }

    private static void ApplyEvent(Party party, JsonElement e, long now)
    {
        var id = e.GetProperty("id").GetInt64();
        if (id <= party.Talk.Position)
            return;
        party.Talk.Position = id;
        party.Talk.Deliver(e.GetProperty("clientId").GetString()!, now);
    }
}
