using System.Globalization;

namespace Chat.LoadTests.Meters;

/// <summary>What the processes of a system use, by component, as the kernel counts it: CPU in ticks of 10 ms, memory in pages.</summary>
internal sealed class ProcessMeter
{
    private const double MicrosecondsPerTick = 10_000;

    private readonly Dictionary<string, Func<IEnumerable<int>>> _components = new(StringComparer.Ordinal);

    /// <summary>Nothing to look at: the processes are on other machines.</summary>
    public bool IsEmpty => _components.Count == 0;

    public ProcessMeter Add(string component, Func<IEnumerable<int>> processes)
    {
        _components[component] = processes;
        return this;
    }

    /// <summary>Microseconds since the start of what runs now, with children that have ended.</summary>
    public Dictionary<string, double> ReadCpu() =>
        _components.ToDictionary(c => c.Key, c => c.Value().Sum(pid => (double)WithChildren(pid)) * MicrosecondsPerTick);

    /// <summary>Resident memory of one component.</summary>
    public double ReadBytes(string component) => Ids(component).Sum(pid => (double)Resident(pid));

    public IEnumerable<int> Ids(string component) => _components.GetValueOrDefault(component)?.Invoke() ?? [];

    /// <summary>CPU of this process, which is the load's, in microseconds.</summary>
    public static double OwnCpu() => Ticks(Environment.ProcessId) * MicrosecondsPerTick;

    /// <summary>CPU of children of this process that have ended and were waited for, in microseconds.</summary>
    public static double EndedChildrenCpu() => Stat(Environment.ProcessId) is { } stat ? (stat[13] + stat[14]) * MicrosecondsPerTick : 0;

    /// <summary>The process itself as the kernel shows it: a backend's parent is the server.</summary>
    public static int ParentOf(int pid) => (int)Stat(pid)![1];

    private static long WithChildren(int pid)
    {
        if (Stat(pid) is not { } stat)
            return 0;
        var children = ReadOrNull($"/proc/{pid}/task/{pid}/children") ?? "";
        return stat[11]
            + stat[12]
            + stat[13]
            + stat[14]
            + children
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Sum(child => Ticks(int.Parse(child, CultureInfo.InvariantCulture)));
    }

    private static long Ticks(int pid) => Stat(pid) is { } stat ? stat[11] + stat[12] : 0;

    private static long Resident(int pid) =>
        ReadOrNull($"/proc/{pid}/statm") is { } text
            ? long.Parse(text.Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize
            : 0;

    /// <summary>Numbers of /proc/pid/stat after the name; null when the process has gone.</summary>
    private static long[]? Stat(int pid) =>
        ReadOrNull($"/proc/{pid}/stat") is { } text
            ? [.. text[(text.LastIndexOf(')') + 2)..].Split(' ').Select(word => long.TryParse(word, out var number) ? number : 0)]
            : null;

    private static string? ReadOrNull(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
