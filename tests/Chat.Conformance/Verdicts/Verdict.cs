using Chat.Conformance.Drivers;
using Chat.Conformance.Scenarios;
using Chat.Contracts;
using Chat.Testing.Clients;

namespace Chat.Conformance.Verdicts;

/// <summary>Compares what a client shows at the end with what is stored.</summary>
internal static class Verdict
{
    // The newest events that every client holds; older ones it may leave to the server.
    private const int AlwaysHeld = 100;

    /// <summary>All that is wrong; empty: the client has passed.</summary>
    /// <param name="client">What it shows.</param>
    /// <param name="stored">The truth.</param>
    /// <param name="talk">What it was told to do.</param>
    /// <param name="isWhole">It must show everything from the first event on.</param>
    public static IReadOnlyList<string> Of(ShownLog client, StoredLog stored, Talk talk, bool isWhole)
    {
        var faults = new List<string>();
        var events = stored.Events(client.Conversation);
        if (client.Seq != events.Count)
            faults.Add($"the client holds seq {client.Seq}, stored are {events.Count}");
        if (client.Epoch != stored.Epoch)
            faults.Add($"the client holds epoch {client.Epoch}, the log has {stored.Epoch}");
        JudgeSent(events, talk, faults);
        JudgeChanged(events, talk, faults);
        JudgeShown(client, events, isWhole, faults);
        var unread = UnreadOf(events, talk);
        if (client.Unread != unread)
            faults.Add($"the client counts {client.Unread} unread, there are {unread}");
        var status = Facts.WordOf(stored.Statuses[client.Conversation]);
        if (client.Status is { } shown && shown != status)
            faults.Add($"the client shows the status {shown}, it is {status}");
        return faults;
    }

    /// <summary>The operator's messages after what the visitor has read.</summary>
    public static int UnreadOf(IReadOnlyList<StoredEvent> events, Talk talk) =>
        events.Count(e =>
            e is { Type: EventType.Message, DeletedSeq: null }
            && e.Seq > talk.ReadSeq
            && e.Body!.StartsWith("answer", StringComparison.Ordinal)
        );

    private static void JudgeSent(IReadOnlyList<StoredEvent> events, Talk talk, List<string> faults)
    {
        var bodies = events.Where(e => e is { Type: EventType.Message, DeletedSeq: null }).Select(e => e.Body ?? "").ToList();
        faults.AddRange(talk.Promised.Except(bodies).Select(body => $"lost: '{body}'"));
        faults.AddRange(
            bodies.CountBy(body => body).Where(body => body.Value > 1).Select(body => $"stored {body.Value} times: '{body.Key}'")
        );
        var promised = bodies.Where(talk.Promised.Contains).ToList();
        if (!promised.SequenceEqual(talk.Promised.Where(promised.Contains)))
            faults.Add("stored in another order than sent");
    }

    private static void JudgeChanged(IReadOnlyList<StoredEvent> events, Talk talk, List<string> faults)
    {
        foreach (var (seq, body) in talk.Changed)
        {
            var stored = events[seq - 1];
            var isMade = body switch
            {
                null => stored.DeletedSeq is not null,
                Talk.Masked => stored.EditedSeq is not null,
                _ => stored.Body == body,
            };
            if (!isMade)
                faults.Add(body is null ? $"seq {seq} was not removed" : $"seq {seq} was not edited: '{stored.Body}' is stored");
        }
    }

    private static void JudgeShown(ShownLog client, IReadOnlyList<StoredEvent> events, bool isWhole, List<string> faults)
    {
        faults.AddRange(client.Items.Where(item => item.Seq is null).Select(item => $"not sent: '{item.Body}' {item.State} {item.Error}"));
        var shown = client.Items.Where(item => item.Seq is not null).ToList();
        var held = Math.Max(1, events.Count - AlwaysHeld + 1);
        var from = isWhole ? 1 : Math.Min(shown.Count > 0 ? shown[0].Seq!.Value : int.MaxValue, held);
        var expected = events.Where(e => e.Seq >= from && IsShown(e)).Select(Line).ToList();
        var actual = shown.Select(item => (item.Seq!.Value, item.Type, item.Body, item.Edited, item.Deleted));
        foreach (var (line, other) in expected.Zip(actual).Where(pair => pair.First != pair.Second).Take(5))
            faults.Add($"stored {line}, shown {other}");
        if (expected.Count != shown.Count)
            faults.Add($"{expected.Count} lines are stored from seq {from}, {shown.Count} are shown");
    }

    private static bool IsShown(StoredEvent e) =>
        e is { Audience: Audience.Public, Type: not (EventType.Edited or EventType.Deleted or EventType.Skip) };

    private static (int, string, string?, bool, bool) Line(StoredEvent e) =>
        (e.Seq, e.Type.ToString().ToLowerInvariant(), e.Body, e.EditedSeq is not null, e.DeletedSeq is not null);
}
