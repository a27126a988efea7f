using System.Globalization;
using Chat.Testing.Nodes;

namespace Chat.LoadTests;

/// <summary>What the nodes tell of themselves.</summary>
internal static class Metrics
{
    private const string Allocated = "system_runtime_dotnet_gc_heap_total_allocated ";

    /// <summary>Bytes that all nodes have allocated since their start.</summary>
    public static async Task<double> AllocatedAsync(IEnumerable<ChatNode> nodes, CancellationToken cancellation)
    {
        using var http = new HttpClient();
        var sum = 0.0;
        foreach (var node in nodes)
        {
            var text = await http.GetStringAsync(new Uri(node.ManagementAddress, "metrics"), cancellation);
            var line = text.Split('\n').FirstOrDefault(l => l.StartsWith(Allocated, StringComparison.Ordinal));
            sum += line is null ? double.NaN : double.Parse(line.AsSpan(Allocated.Length), CultureInfo.InvariantCulture);
        }
        return sum;
    }
}
