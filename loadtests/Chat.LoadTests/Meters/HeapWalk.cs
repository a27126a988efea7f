using Microsoft.Diagnostics.Runtime;

namespace Chat.LoadTests.Meters;

/// <summary>What the objects of a process are: count and bytes by type and by who holds them. The process stands still meanwhile.</summary>
internal sealed class HeapWalk
{
    private readonly Dictionary<(string Type, string Holder), Amount> _amounts = [];

    public IReadOnlyDictionary<(string Type, string Holder), Amount> Amounts => _amounts;

    /// <summary>To be preceded by a full collection: what is garbage is counted like the rest.</summary>
    public static HeapWalk Of(IEnumerable<int> processes)
    {
        var walk = new HeapWalk();
        foreach (var process in processes)
            walk.Add(process);
        return walk;
    }

    /// <summary>What came since an earlier walk.</summary>
    public IEnumerable<(string Type, string Holder, Amount Amount)> Since(HeapWalk before) =>
        _amounts.Select(pair => (pair.Key.Type, pair.Key.Holder, pair.Value - before._amounts.GetValueOrDefault(pair.Key)));

    private void Add(int process)
    {
        using var target = DataTarget.CreateSnapshotAndAttach(process);
        if (target.ClrVersions is not [var clr, ..])
            return;
        // The runtime's own reader of its heap lies beside it. Its version is not always found in the process.
        var reader = Path.Combine(Path.GetDirectoryName(clr.ModuleInfo.FileName)!, "libmscordaccore.so");
        using var runtime = clr.CreateRuntime(reader, ignoreMismatch: true);
        var heap = runtime.Heap;
        var holders = new Dictionary<ulong, ClrType>();
        foreach (var holder in heap.EnumerateObjects())
        {
            if (holder.Type is not { ContainsPointers: true } type)
                continue;
            foreach (var held in holder.EnumerateReferenceAddresses())
                holders.TryAdd(held, type);
        }
        foreach (var item in heap.EnumerateObjects())
        {
            if (item.Type is not { } type || item.IsFree)
                continue;
            var key = (type.Name ?? "?", holders.GetValueOrDefault(item.Address)?.Name ?? "");
            _amounts[key] = _amounts.GetValueOrDefault(key) + new Amount(1, (long)item.Size);
        }
    }
}

/// <param name="Count">Objects.</param>
/// <param name="Bytes">Of them alone, without what they hold.</param>
internal readonly record struct Amount(long Count, long Bytes)
{
    public static Amount operator +(Amount a, Amount b) => new(a.Count + b.Count, a.Bytes + b.Bytes);

    public static Amount operator -(Amount a, Amount b) => new(a.Count - b.Count, a.Bytes - b.Bytes);
}
