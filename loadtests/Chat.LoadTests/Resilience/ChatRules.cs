using System.Globalization;
using System.Text.Json;
using Chat.LoadTests.Sockets;
using Chat.LoadTests.Systems;

namespace Chat.LoadTests.Resilience;

/// <summary>What PROTOCOL.md asks of clients: cursors, Sync for holes, another connection on goAway before the old one ends.</summary>
internal sealed class ChatRules(Reconnector reconnector, ChatAccess access, Load.Dialect dialect) : ClientRules(reconnector, dialect)
{
    public override Resumed Connect(Party party)
    {
        var (talk, node) = (party.Talk, access.Node(party.Place));
        var link = party.IsSender
            ? HubCalls.Connect(node, "/hubs/visitor", access.VisitorToken(talk.Number))
            : HubCalls.Connect(node, "/hubs/operator", access.OperatorToken(talk.Number));
        try
        {
            var pushes = new List<string>();
            var hello = link.Call("Hello", ChatAccess.Hello(party.IsSender || talk.Id.Length == 0 ? "" : Cursor(talk)), pushes);
            pushes.AddRange(link.TakeRest());
            return new Resumed(party, link, hello.GetProperty("conversations"), pushes);
        }
        catch
        {
            link.Dispose();
            throw;
        }
    }

    public override void Open(Talk talk, WebSocketLink visitor) => talk.Id = ChatAccess.OpenConversation(visitor).ToString();

    public override void Apply(Party party, ReadOnlySpan<byte> record, long now)
    {
        if (record.StartsWith("{\"type\":3"u8))
            ApplyAnswer(party, Parse(record), now);
        else if (record.StartsWith("{\"type\":1,\"target\":\"goAway\""u8))
            Leave(party);
        else if (!party.IsSender && record.StartsWith("{\"type\":1,\"target\":\"event\""u8))
            ApplyEvent(party, Parse(record).GetProperty("arguments")[0], now);
        else if (!party.IsSender && record.StartsWith("{\"type\":1,\"target\":\"resync\""u8))
            Sync(party, now);
    }

    protected override void CatchUp(Party party, JsonElement missed, long now)
    {
        foreach (var page in missed.EnumerateArray())
            ApplyPage(party, page, now);
        // A first Hello, before the conversation is opened by its visitor, has no page.
        if (missed.GetArrayLength() == 0)
            Return(party, now);
    }

    private void Leave(Party party)
    {
        if (!party.IsComing)
            party.TurnAway();
        Move(party);
    }

    private void ApplyAnswer(Party party, JsonElement answer, long now)
    {
        var isRefusal = answer.TryGetProperty("error", out _);
        if (party.IsSender)
        {
            Answer(party, isRefusal, now);
            return;
        }
        party.CallSince = 0;
        if (isRefusal)
            Sync(party, now);
        else
            CatchUp(party, answer.GetProperty("result").GetProperty("conversations"), now);
    }

    private void ApplyPage(Party party, JsonElement page, long now)
    {
        foreach (var e in page.GetProperty("events").EnumerateArray())
            ApplyEvent(party, e, now);
        if (page.GetProperty("hasMore").GetBoolean() && party.Talk.Position < page.GetProperty("seq").GetInt32())
            Sync(party, now);
        else
            Return(party, now);
    }

    /// <summary>Drops what is held, applies the next; what lies between is asked for.</summary>
    private static void ApplyEvent(Party party, JsonElement e, long now)
    {
        var (talk, seq) = (party.Talk, e.GetProperty("seq").GetInt32());
        if (seq > talk.Position + 1)
            Sync(party, now);
        if (seq != talk.Position + 1)
            return;
        talk.Position = seq;
        if (e.TryGetProperty("type", out var type) && type.ValueEquals("message"u8))
            talk.Deliver(e.GetProperty("clientId").GetString()!, now);
    }

    private static void Sync(Party party, long now)
    {
        if (party.CallSince != 0)
            return;
        var call = HubCalls.Invocation("1", "Sync", $"{{\"cursors\":[{Cursor(party.Talk)}]}}");
        Call(party, WebSocketLink.Frame(call, HubCalls.RecordSeparator), now);
    }

    private static string Cursor(Talk talk) =>
        string.Create(CultureInfo.InvariantCulture, $"{{\"conversationId\":\"{talk.Id}\",\"epoch\":1,\"seq\":{talk.Position}}}");
}
