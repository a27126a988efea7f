using System.Diagnostics;
using System.Text.Json;
using Chat.LoadTests.Load;
using Chat.LoadTests.Sockets;

namespace Chat.LoadTests.Resilience;

/// <summary>
/// What careful clients of every system do: an outbox with one message in flight, repeated under its id until there is an answer; reconnecting elsewhere
/// with jitter; and catching up, in the system's own way.
/// </summary>
internal abstract class ClientRules(Reconnector reconnector, Dialect dialect)
{
    /// <summary>A call without an answer for so long is unknown: reconnect.</summary>
    private static readonly long Patience = Stopwatch.Frequency * 10;

    private static readonly long RetryAfter = Stopwatch.Frequency / 4;

    private readonly List<double> _absences = [];

    public IReadOnlyList<double> Absences => _absences;

    /// <summary>Connects, authenticates and asks for what was missed. Blocks, on any thread.</summary>
    public abstract Resumed Connect(Party party);

    /// <summary>Begins the conversation of a visitor who has connected.</summary>
    public abstract void Open(Talk talk, WebSocketLink visitor);

    public abstract void Apply(Party party, ReadOnlySpan<byte> record, long now);

    /// <summary>The outbox' first message goes out, unless one is in flight.</summary>
    public void SendNext(Party party, long now)
    {
        if (party.CallSince != 0 || now < party.NotBefore || party.Link is null)
            return;
        if (party.Talk.NextId is { } id)
            Call(party, dialect.Send(party.Talk.Id, id, Dialect.Body), now);
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
        CatchUp(party, resumed.Missed, now);
        foreach (var push in resumed.Pushes)
            Apply(party, System.Text.Encoding.UTF8.GetBytes(push), now);
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

    /// <summary>Applies what was missed, as the answer to its connecting had it, and returns or asks for more.</summary>
    protected abstract void CatchUp(Party party, JsonElement missed, long now);

    /// <summary>The message in flight has its answer.</summary>
    protected void Answer(Party party, bool isRefusal, long now)
    {
        party.CallSince = 0;
        if (isRefusal)
        {
            party.NotBefore = now + RetryAfter;
            return;
        }
        party.Talk.Acknowledge(now);
        SendNext(party, now);
    }

    /// <summary>There again, with all that was missed.</summary>
    protected void Return(Party party, long now)
    {
        if (party.AwaySince != 0)
            _absences.Add((now - party.AwaySince) / (double)Stopwatch.Frequency);
        party.AwaySince = 0;
    }

    protected static void Call(Party party, byte[] frame, long now)
    {
        party.CallSince = now;
        // What does not fit is noticed as a call without an answer.
        Native.Send(party.Link!.Descriptor, frame);
    }

    protected static JsonElement Parse(ReadOnlySpan<byte> record) => JsonDocument.Parse(record.ToArray()).RootElement;
}
