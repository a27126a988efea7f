using System.Diagnostics.Tracing;
using Chat.Testing.Nodes;
using Microsoft.Diagnostics.NETCore.Client;

namespace Chat.LoadTests.Meters;

/// <summary>Full collections in other processes, by the runtime's diagnostics port.</summary>
internal static class HeapMeter
{
    private const long CollectKeyword = 0x800000;

    /// <summary>Live bytes of all nodes.</summary>
    public static async Task<double?> CollectAsync(IReadOnlyList<ChatNode> nodes, CancellationToken cancellation)
    {
        foreach (var node in nodes)
            await CollectAsync(node.Id, cancellation);
        return await NodeMetrics.HeapAsync(nodes, cancellation);
    }

    // A session with this keyword begins with a full collection.
    private static async Task CollectAsync(int process, CancellationToken cancellation)
    {
        var provider = new EventPipeProvider("Microsoft-Windows-DotNETRuntime", EventLevel.Informational, CollectKeyword);
        using var session = await new DiagnosticsClient(process).StartEventPipeSessionAsync(
            provider,
            requestRundown: false,
            token: cancellation
        );
        // A session that has a reader ends at once; the collection goes on in any case, so that its end is waited for by the events it writes.
        var reading = session.EventStream.CopyToAsync(Stream.Null, cancellation);
        await session.StopAsync(cancellation);
        await reading;
    }
}
