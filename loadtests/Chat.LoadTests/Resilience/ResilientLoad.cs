using System.Diagnostics;
using Chat.LoadTests.Load;
using Chat.LoadTests.Sockets;
using Chat.LoadTests.Systems;
using Chat.LoadTests.Workloads;

namespace Chat.LoadTests.Resilience;

/// <summary>
/// Conversations at a steady rate whose people do what the protocol asks of clients. What they notice of a fault is what users would.
/// </summary>
internal sealed class ResilientLoad : IDisposable
{
    private static readonly long PingEvery = Stopwatch.Frequency * 10;
    private static readonly long LookEvery = Stopwatch.Frequency / 10;

    private readonly Talk[] _talks;
    private readonly Party[] _parties;
    private readonly Dialect _dialect;
    private readonly Poller _poller = new();
    private readonly Reconnector _reconnector;
    private readonly ClientRules _rules;
    private readonly Func<int, WebSocketLink?> _linkOf;
    private readonly Poller.Receiver _receive;
    private long _pingAt;
    private long _lookAt;
    private long _next;

    /// <param name="system">With accounts for so many people.</param>
    /// <param name="conversations">Each with two sockets, on different nodes.</param>
    /// <param name="seed">Of the jitter.</param>
    public ResilientLoad(IBreakable system, int conversations, int seed)
    {
        _dialect = system.Dialect;
        _reconnector = new Reconnector(seed);
        _rules = system.RulesWith(_reconnector);
        _talks = [.. Enumerable.Range(0, conversations).Select(number => new Talk(number))];
        _parties = [.. _talks.SelectMany(talk => new[] { Side(talk, true), Side(talk, false) })];
        (_linkOf, _receive) = (tag => _parties[tag].Link, Receive);
        Party Side(Talk talk, bool isSender) => new(talk, isSender, _rules, isSender ? talk.Number : talk.Number + 1);
    }

    public IReadOnlyList<Talk> Talks => _talks;

    /// <summary>How long each was away that was cut off, until it had caught up; seconds.</summary>
    public IReadOnlyList<double> Absences => _rules.Absences;

    /// <summary>Opens all conversations and connects everybody.</summary>
    public async Task OpenAsync(CancellationToken cancellation)
    {
        var made = await Crowd.ConnectAsync(_talks.Length, Open, both => both.Select(one => one.Link), _dialect, cancellation);
        foreach (var resumed in made.SelectMany(both => both))
            Take(resumed);
    }

    /// <summary>Sends on schedule for so long, and on until the task ends.</summary>
    public void Run(int rate, TimeSpan duration, Task? until = null)
    {
        var start = Stopwatch.GetTimestamp();
        var end = start + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        for (var i = 0L; ; i++)
        {
            var due = start + i * Stopwatch.Frequency / rate;
            if (due >= end && until is not { IsCompleted: false })
                return;
            for (var wait = due - Stopwatch.GetTimestamp(); wait > 0; wait = due - Stopwatch.GetTimestamp())
                Turn(wait);
            var talk = (int)(_next++ % _talks.Length);
            _talks[talk].Add(due);
            _rules.SendNext(_parties[talk * 2], due);
            if (i % 16 == 0)
                Turn(0);
        }
    }

    /// <summary>Sends nothing new. Ends when all is acknowledged and delivered and everybody is back; false when that took too long.</summary>
    public bool Settle(TimeSpan patience)
    {
        var end = Stopwatch.GetTimestamp() + (long)(patience.TotalSeconds * Stopwatch.Frequency);
        while (_talks.Any(talk => !talk.IsQuiet) || _parties.Any(party => party.AwaySince != 0 || party.IsComing))
        {
            if (Stopwatch.GetTimestamp() > end)
                return false;
            Turn(Stopwatch.Frequency / 50);
        }
        return true;
    }

    /// <summary>Everybody back to the node where he was at first, so that the next fault finds what the last one found.</summary>
    public void GoHome()
    {
        foreach (var party in _parties.Where(party => !party.IsHome))
        {
            party.TurnHome();
            _rules.Move(party);
        }
    }

    public void Dispose()
    {
        _reconnector.Dispose();
        foreach (var party in _parties)
            party.Link?.Dispose();
        _poller.Dispose();
    }

    private Resumed[] Open(int number)
    {
        var visitor = _parties[number * 2].TryConnect() ?? throw new InvalidOperationException("A visitor could not connect.");
        _rules.Open(_talks[number], visitor.Link);
        var @operator = _parties[number * 2 + 1].TryConnect() ?? throw new InvalidOperationException("An operator could not connect.");
        return [visitor, @operator];
    }

    private void Turn(long wait)
    {
        _poller.Turn(Math.Min(wait, Stopwatch.Frequency / 100), _linkOf, _receive);
        var now = Stopwatch.GetTimestamp();
        _reconnector.Turn(now);
        while (_reconnector.Made.TryDequeue(out var resumed))
            Take(resumed);
        if (now > _lookAt)
            Look(now);
        if (now > _pingAt)
            PingAll(now);
    }

    private void Take(Resumed resumed)
    {
        var party = resumed.Party;
        // After a goAway the old one was kept until now.
        party.Link?.Dispose();
        party.Link = resumed.Link;
        _poller.Add(resumed.Link, Array.IndexOf(_parties, party, party.Talk.Number * 2));
        _rules.Resume(resumed);
    }

    private void Receive(int tag, ReadOnlySpan<byte> bytes)
    {
        var party = _parties[tag];
        var (link, now) = (party.Link!, Stopwatch.GetTimestamp());
        var records = link.Frames.Read(bytes);
        while (records.TryNext(out var record))
            _rules.Apply(party, record, now);
        if (bytes.IsEmpty || link.Frames.IsClosed)
            _rules.Lose(party, now);
    }

    private void Look(long now)
    {
        _lookAt = now + LookEvery;
        foreach (var party in _parties)
            _rules.Look(party, now);
    }

    private void PingAll(long now)
    {
        _pingAt = now + PingEvery;
        foreach (var party in _parties)
        {
            if (party.Link is { } link)
                Native.Send(link.Descriptor, _dialect.KeepAlive);
        }
    }
}
