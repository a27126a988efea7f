using System.Diagnostics.Metrics;
using Chat.Server.Observability;

namespace Chat.Server.Bus;

/// <summary>What the bus of this process did.</summary>
internal static class BusMetrics
{
    public static readonly Counter<long> Published = ChatMeter.Meter.CreateCounter<long>(
        "chat.bus.published",
        "{envelope}",
        "Envelopes handed to the bus for the other nodes."
    );

    public static readonly Counter<long> Received = ChatMeter.Meter.CreateCounter<long>(
        "chat.bus.received",
        "{envelope}",
        "Envelopes of other nodes handed on."
    );

    public static readonly Histogram<double> HeartbeatRoundTrip = ChatMeter.Meter.CreateHistogram(
        "chat.bus.heartbeat.duration",
        "s",
        "From publishing a heartbeat to receiving it.",
        null,
        ChatMeter.Seconds
    );

    private static readonly Counter<long> Dropped = ChatMeter.Meter.CreateCounter<long>(
        "chat.bus.dropped",
        "{envelope}",
        "Envelopes not sent or not handed on; the repair loop finds what they said."
    );

    // The instruments belong to the process; a process has one bus, except in tests.
    private static int _busesUp;

    static BusMetrics() =>
        ChatMeter.Meter.CreateObservableGauge(
            "chat.bus.up",
            static () => Volatile.Read(ref _busesUp),
            "{bus}",
            "1 while heartbeats and all shards get through, else 0."
        );

    public static void StateChanged(bool up) => Interlocked.Add(ref _busesUp, up ? 1 : -1);

    /// <summary>Not sent: the bus was down.</summary>
    public static void DroppedWhileDown() => Dropped.Add(1, new KeyValuePair<string, object?>("reason", "down"));

    /// <summary>Not handed on: this node fell too far behind.</summary>
    public static void DroppedBehind() => Dropped.Add(1, new KeyValuePair<string, object?>("reason", "behind"));

    /// <summary>Not handed on: a frame of another version of the protocol between nodes, or no frame at all.</summary>
    public static void DroppedUnknown() => Dropped.Add(1, new KeyValuePair<string, object?>("reason", "unknown"));

    /// <summary>Read in part or not at all: bytes that are no envelope, or an item of a newer version.</summary>
    public static void DroppedMalformed() => Dropped.Add(1, new KeyValuePair<string, object?>("reason", "malformed"));
}
