using System.Diagnostics;
using System.Globalization;

namespace Chat.LoadTests.Meters;

/// <summary>
/// What the machine itself could do and was kept from doing, around a run: the disk's sync, which no durable acknowledgement can beat, and the share of
/// its time that the hypervisor gave to others.
/// </summary>
/// <param name="SyncP50">Of writing 8 KB and syncing them, in milliseconds.</param>
/// <param name="SyncP99">The same.</param>
/// <param name="Steal">Percent of the processors' time since the probe was begun.</param>
internal sealed record LimitProbe(double SyncP50, double SyncP99, double Steal)
{
    private const int BlockBytes = 8192;
    private const int Blocks = 128;
    private const int StealColumn = 8;

    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(1);

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"sync p50 {SyncP50:0.##} ms, p99 {SyncP99:0.##} ms; steal {Steal:0.#} %");

    /// <summary>Before a run.</summary>
    public static Begun Begin() => new(Syncs(), ReadCpu());

    /// <summary>What a probe knows at its beginning.</summary>
    internal sealed record Begun(List<double> Syncs, (long Stolen, long All) Cpu)
    {
        /// <summary>After it: both ends count.</summary>
        public LimitProbe End()
        {
            var cpu = ReadCpu();
            var all = cpu.All - Cpu.All;
            double[] syncs = [.. Syncs.Concat(LimitProbe.Syncs()).Order()];
            return new LimitProbe(
                syncs[syncs.Length / 2],
                syncs[syncs.Length * 99 / 100],
                all == 0 ? 0 : 100.0 * (cpu.Stolen - Cpu.Stolen) / all
            );
        }
    }

    // In the folder in which the databases of a run lie.
    private static List<double> Syncs()
    {
        var path = Path.Combine(Path.GetTempPath(), $"chat-load-{Guid.NewGuid():n}");
        using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, FileOptions.DeleteOnClose);
        var block = new byte[BlockBytes];
        var taken = new List<double>();
        // The file has its size before, as a segment of a write-ahead log has.
        RandomAccess.Write(file, new byte[Blocks * BlockBytes], 0);
        RandomAccess.FlushToDisk(file);
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < Duration)
        {
            var before = Stopwatch.GetTimestamp();
            RandomAccess.Write(file, block, (long)(taken.Count % Blocks) * BlockBytes);
            RandomAccess.FlushToDisk(file);
            taken.Add(Stopwatch.GetElapsedTime(before).TotalMilliseconds);
        }
        return taken;
    }

    private static (long Stolen, long All) ReadCpu()
    {
        long[] ticks =
        [
            .. File.ReadLines("/proc/stat")
                .First()
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Skip(1)
                .Select(word => long.Parse(word, CultureInfo.InvariantCulture)),
        ];
        // What comes after steal is guests' time, which is in the first columns already.
        return (ticks[StealColumn - 1], ticks.Take(StealColumn).Sum());
    }
}
