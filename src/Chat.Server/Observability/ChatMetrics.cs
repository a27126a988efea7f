using System.Diagnostics.Metrics;

namespace Chat.Server.Observability;

/// <summary>The one meter. Tags are bounded: never an id.</summary>
internal static class ChatMeter
{
    public static readonly Meter Meter = new("Chat");

    /// <summary>From a commit on a quiet machine to the moment when a client gives up.</summary>
    public static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    };
}

/// <summary>Instruments of the message's path.</summary>
internal static class ChatMetrics
{
    public static readonly Counter<long> Appended = ChatMeter.Meter.CreateCounter<long>(
        "chat.events.appended",
        "{event}",
        "Events stored."
    );

    public static readonly Counter<long> AppendRetries = ChatMeter.Meter.CreateCounter<long>(
        "chat.append.retries",
        "{call}",
        "Identical append calls made again after a broken connection."
    );

    public static readonly Counter<long> CommitsUnconfirmed = ChatMeter.Meter.CreateCounter<long>(
        "chat.commits.unconfirmed",
        "{commit}",
        "Commits whose wait for a standby somebody cancelled; none of them is acknowledged."
    );

    public static readonly Histogram<int> BatchSize = ChatMeter.Meter.CreateHistogram(
        "chat.append.batch",
        "{row}",
        "Rows in one append call.",
        null,
        new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256] }
    );

    public static readonly Histogram<double> LaneWait = ChatMeter.Meter.CreateHistogram(
        "chat.append.wait",
        "s",
        "Time between the arrival of a batch's oldest message in its lane and the append call.",
        null,
        ChatMeter.Seconds
    );

    public static readonly Histogram<double> AppendDuration = ChatMeter.Meter.CreateHistogram(
        "chat.append.duration",
        "s",
        "Duration of append calls, commit included.",
        null,
        ChatMeter.Seconds
    );

    /// <summary>By path: local, bus, repair.</summary>
    public static readonly Histogram<double> DeliveryDuration = ChatMeter.Meter.CreateHistogram(
        "chat.delivery.duration",
        "s",
        "Until an event is handed to the sockets here: from its author's node having taken it (local; bus, by both nodes' clocks), from its commit (repair). "
            + "One measurement for the oldest of a batch.",
        null,
        ChatMeter.Seconds
    );

    public static readonly KeyValuePair<string, object?> Local = new("path", "local");

    public static readonly KeyValuePair<string, object?> OverBus = new("path", "bus");

    public static readonly KeyValuePair<string, object?> ByRepair = new("path", "repair");

    public static readonly Counter<long> Refused = ChatMeter.Meter.CreateCounter<long>(
        "chat.calls.refused",
        "{call}",
        "Refused calls by code."
    );

    public static readonly Counter<long> OutboundOverflows = ChatMeter.Meter.CreateCounter<long>(
        "chat.outbound.overflows",
        "{connection}",
        "Outbound queues that were dropped."
    );

    public static readonly Counter<long> OutgoingEnded = ChatMeter.Meter.CreateCounter<long>(
        "chat.outgoing.ended",
        "{connection}",
        "Connections ended because too much waited for slow readers: those who had waited longest."
    );

    public static readonly Counter<long> Holes = ChatMeter.Meter.CreateCounter<long>(
        "chat.delivery.holes",
        "{hole}",
        "Holes fetched from the log."
    );

    public static readonly Counter<long> Repaired = ChatMeter.Meter.CreateCounter<long>(
        "chat.delivery.repaired",
        "{event}",
        "Events that the bus had lost and repair delivered."
    );

    public static readonly Counter<long> Resets = ChatMeter.Meter.CreateCounter<long>(
        "chat.sync.resets",
        "{conversation}",
        "Cursors ahead of the log or of another epoch."
    );

    public static readonly Counter<long> ListsCut = ChatMeter.Meter.CreateCounter<long>(
        "chat.lists.cut",
        "{list}",
        "Answers to Watch that did not have all rows of an inbox."
    );

    public static readonly Counter<long> CardsMasked = ChatMeter.Meter.CreateCounter<long>(
        "chat.cards.masked",
        "{text}",
        "Texts in which card numbers were masked."
    );

    public static readonly Counter<long> NetworksRefused = ChatMeter.Meter.CreateCounter<long>(
        "chat.networks.refused",
        "{call}",
        "Calls of anonymous visitors refused because of their network, by budget: sockets, conversations, sessions, widgets, bytes."
    );

    public static readonly Counter<long> Connects = ChatMeter.Meter.CreateCounter<long>("chat.connects", "{connection}", "Sockets let in.");

    public static readonly Counter<long> ConnectsRefused = ChatMeter.Meter.CreateCounter<long>(
        "chat.connects.refused",
        "{connection}",
        "Sockets refused before their handshake, by reason: starting, draining, full, rate, files, network."
    );

    public static readonly Counter<long> Cut = ChatMeter.Meter.CreateCounter<long>(
        "chat.connections.cut",
        "{connection}",
        "Sockets closed for what they sent, by rule: silent, unfinished, long, flood, room."
    );

    public static readonly UpDownCounter<long> Connections = ChatMeter.Meter.CreateUpDownCounter<long>(
        "chat.connections",
        "{connection}",
        "Open sockets by hub."
    );
}
