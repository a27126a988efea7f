using System.Diagnostics;
using HdrHistogram;

namespace Chat.LoadTests.Load;

/// <summary>Of one period, microseconds. Taken from the schedule's stamp, so that a server that makes the load wait is not forgiven.</summary>
internal sealed class Latencies
{
    private const long Longest = 600_000_000;

    public LongHistogram Acknowledged { get; } = new(Longest, 3);

    public LongHistogram Delivered { get; } = new(Longest, 3);

    public static void Record(LongHistogram histogram, long ticks) =>
        histogram.RecordValue(Math.Clamp(ticks / (Stopwatch.Frequency / 1_000_000), 0, Longest));
}
