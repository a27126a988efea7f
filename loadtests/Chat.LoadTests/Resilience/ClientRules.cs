using System.Diagnostics;
using System.Text.Json;
using Chat.LoadTests.Load;
using Chat.LoadTests.Sockets;

namespace Chat.LoadTests.Resilience;

/// <summary>
/// What the protocol asks of a client: an outbox with one change in flight, repeated under its id until there is an answer; cursors; Sync for holes;
/// reconnecting with jitter.
/// </summary>
internal sealed class ClientRules(Reconnector reconnector)
{
    /// <summary>A call without an answer for so long is unknown: reconnect.</summary>
    private static readonly long Patience = Stopwatch.Frequency * 10;

    private static readonly long RetryAfter = Stopwatch.Frequency / 4;

    private readonly List<double> _absences = [];

    public IReadOnlyList<double> Absences => _absences;

    /// <summary>The outbox' first message goes out, unless one is in flight.</summary>
    public static void SendNext(Party party, long now)
    {
        if (party.CallSince != 0 || now < party.NotBefore || party.Link is null)
            return;
        if (party.Talk.NextMessage(Dialect.Body) is { } message)
            Call(party, "Send", message, now);
    }

    public void Resume(Resumed resumed)
    {
        var (party, now) = (resumed.Party, Stopwatch.GetTimestamp());
        (party.IsComing, party.CallSince, party.NotBefore) = (false, 0, 0);
        if (party.IsSender)
        {
            Return(party, now);
            SendNext(party, now);
            return;
        }
        foreach (var page in resumed.Pages.EnumerateArray())
            ApplyPage(party, page, now);
        // A first Hello, before the conversation is opened by its visitor, has no page.
        if (resumed.Pages.GetArrayLength() == 0)
            Return(party, now);
        foreach (var push in resumed.Pushes)
            Apply(party, System.Text.Encoding.UTF8.GetBytes(push), now);
    }

    public void Apply(Party party, ReadOnlySpan<byte> record, long now)
    {
        if (record.StartsWith("{\"type\":3"u8))
            Answer(party, Parse(record), now);
        else if (record.StartsWith("{\"type\":1,\"target\":\"goAway\""u8))
            Leave(party);
        else if (!party.IsSender && record.StartsWith("{\"type\":1,\"target\":\"event\""u8))
            ApplyEvent(party, Parse(record).GetProperty("arguments")[0], now);
        else if (!party.IsSender && record.StartsWith("{\"type\":1,\"target\":\"resync\""u8))
            Sync(party, now);
    }

    /// <summary>The connection has ended without a word: come back elsewhere.</summary>
    public void Lose(Party party, long now)
    {
        party.Link?.Dispose();
        (party.Link, party.CallSince) = (null, 0);
        if (party.AwaySince == 0)
            party.AwaySince = now;
        if (party.IsComing)
            return;
        party.IsComing = true;
        party.TurnAway();
        reconnector.Later(party);
    }

    /// <summary>Now and then: repeats what was refused, gives up on who does not answer.</summary>
    public void Look(Party party, long now)
    {
        if (party.CallSince != 0 && now - party.CallSince > Patience)
            Lose(party, now);
        else if (party.IsSender)
            SendNext(party, now);
    }

    /// <summary>Connects anew while the old connection still works.</summary>
    public void Move(Party party)
    {
        const double withinSecond = 1;
        if (party.IsComing)
            return;
        party.IsComing = true;
        reconnector.Later(party, withinSecond);
    }

    private void Leave(Party party)
    {
        if (!party.IsComing)
            party.TurnAway();
        Move(party);
    }

    private void Answer(Party party, JsonElement answer, long now)
    {
        party.CallSince = 0;
        if (answer.TryGetProperty("error", out _))
        {
            party.NotBefore = now + RetryAfter;
            if (!party.IsSender)
                Sync(party, now);
            return;
        }
        var result = answer.GetProperty("result");
        if (party.IsSender)
        {
            party.Talk.Acknowledge(now);
            SendNext(party, now);
            return;
        }
        foreach (var page in result.GetProperty("conversations").EnumerateArray())
            ApplyPage(party, page, now);
    }

    private void ApplyPage(Party party, JsonElement page, long now)
    {
        foreach (var e in page.GetProperty("events").EnumerateArray())
            ApplyEvent(party, e, now);
        if (page.GetProperty("hasMore").GetBoolean() && party.Talk.Seq < page.GetProperty("seq").GetInt32())
            Sync(party, now);
        else
            Return(party, now);
    }

    private static void ApplyEvent(Party party, JsonElement e, long now)
    {
        if (!party.Talk.TryApply(e, now))
            Sync(party, now);
    }

    private void Return(Party party, long now)
    {
        if (party.AwaySince != 0)
            _absences.Add((now - party.AwaySince) / (double)Stopwatch.Frequency);
        party.AwaySince = 0;
    }

    private static void Sync(Party party, long now)
    {
        if (party.CallSince == 0)
            Call(party, "Sync", $"{{\"cursors\":[{party.Talk.Cursor}]}}", now);
    }

    private static void Call(Party party, string method, string argument, long now)
    {
        party.CallSince = now;
        // What does not fit is noticed as a call without an answer.
        Native.Send(party.Link!.Descriptor, WebSocketLink.Frame(HubCalls.Invocation("1", method, argument), HubCalls.RecordSeparator));
    }

    private static JsonElement Parse(ReadOnlySpan<byte> record) => JsonDocument.Parse(record.ToArray()).RootElement;
}
