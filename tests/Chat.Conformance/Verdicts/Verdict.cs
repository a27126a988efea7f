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
    public static IReadOnlyList<string> Of(ShownLog client, StoredLog stored, Stage stage)
    {
        var faults = new List<string>();
        var events = stored.Events(client.Conversation);
        if (client.Seq != events.Count)
            faults.Add($"the client holds seq {client.Seq}, stored are {events.Count}");
        if (client.Epoch != stored.Epoch)
            faults.Add($"the client holds epoch {client.Epoch}, the log has {stored.Epoch}");
        JudgeSent(events, stage, faults);
        JudgeShown(client, events, faults);
        var unread = events.Count(e => e.Seq > stage.ReadSeq && IsOthers(e));
        if (client.Unread != unread)
            faults.Add($"the client counts {client.Unread} unread, there are {unread}");
        return faults;
    }

    private static void JudgeSent(IReadOnlyList<StoredEvent> events, Stage stage, List<string> faults)
    {
        var bodies = events.Where(e => e.Type == EventType.Message).Select(e => e.Body ?? "").ToList();
        faults.AddRange(stage.Promised.Except(bodies).Select(body => $"lost: '{body}'"));
        faults.AddRange(
            bodies.CountBy(body => body).Where(body => body.Value > 1).Select(body => $"stored {body.Value} times: '{body.Key}'")
        );
        var promised = bodies.Where(stage.Promised.Contains).ToList();
        if (!promised.SequenceEqual(stage.Promised.Where(promised.Contains)))
            faults.Add("stored in another order than sent");
    }

    private static void JudgeShown(ShownLog client, IReadOnlyList<StoredEvent> events, List<string> faults)
    {
        faults.AddRange(client.Items.Where(item => item.Seq is null).Select(item => $"not sent: '{item.Body}' {item.State} {item.Error}"));
        var shown = client.Items.Where(item => item.Seq is not null).ToList();
        var from = Math.Min(shown.Count > 0 ? shown[0].Seq!.Value : int.MaxValue, Math.Max(1, events.Count - AlwaysHeld + 1));
        var expected = events.Where(e => e.Seq >= from && IsShown(e)).Select(Line);
        var actual = shown.Select(item => (item.Seq!.Value, item.Type, item.Body, item.Edited, item.Deleted));
        foreach (var (line, other) in expected.Zip(actual).Where(pair => pair.First != pair.Second).Take(5))
            faults.Add($"stored {line}, shown {other}");
        if (expected.Count() != shown.Count)
            faults.Add($"{expected.Count()} lines are stored from seq {from}, {shown.Count} are shown");
    }

    private static bool IsShown(StoredEvent e) =>
        e is { Audience: Audience.Public, Type: not (EventType.Edited or EventType.Deleted or EventType.Skip) };

    private static bool IsOthers(StoredEvent e) =>
        e is { Type: EventType.Message, DeletedSeq: null } && e.Body!.StartsWith("answer ", StringComparison.Ordinal);

    private static (int, string, string?, bool, bool) Line(StoredEvent e) =>
        (e.Seq, e.Type.ToString().ToLowerInvariant(), e.Body, e.EditedSeq is not null, e.DeletedSeq is not null);
}
