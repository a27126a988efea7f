using System.Globalization;
using Chat.Testing.Nodes;

namespace Chat.LoadTests.Meters;

/// <summary>What the nodes tell of themselves.</summary>
internal static class NodeMetrics
{
    /// <summary>Bytes that all nodes have allocated since their start.</summary>
    public static Task<double> AllocatedAsync(IEnumerable<ChatNode> nodes, CancellationToken cancellation) =>
        SumAsync(nodes, "dotnet_gc_heap_total_allocated_bytes_total", cancellation);

    /// <summary>Bytes of objects in the heaps of all nodes after their last collection, as <c>GC.GetTotalMemory</c> has them: without free space.</summary>
    public static async Task<double> HeapAsync(IReadOnlyList<ChatNode> nodes, CancellationToken cancellation) =>
        await SumAsync(nodes, "dotnet_gc_last_collection_heap_size_bytes", cancellation)
        - await SumAsync(nodes, "dotnet_gc_last_collection_heap_fragmentation_size_bytes", cancellation);

    private static async Task<double> SumAsync(IEnumerable<ChatNode> nodes, string metric, CancellationToken cancellation)
    {
        using var http = new HttpClient();
        var sum = 0.0;
        foreach (var node in nodes)
        {
            var text = await http.GetStringAsync(new Uri(node.ManagementAddress, "metrics"), cancellation);
            var lines = text.Split('\n')
                .Where(line => line.StartsWith(metric, StringComparison.Ordinal) && line[metric.Length] is ' ' or '{')
                .ToList();
            if (lines.Count == 0)
                throw new InvalidOperationException($"{node.ManagementAddress} has no metric {metric}.");
            sum += lines.Sum(line => double.Parse(line.AsSpan(line.LastIndexOf(' ') + 1), CultureInfo.InvariantCulture));
        }
        return sum;
    }
}
