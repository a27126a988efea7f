using System.ComponentModel.DataAnnotations;

namespace Chat.Server.Hosting;

/// <summary>What waits for slow readers. Section <c>Outgoing</c>.</summary>
public sealed class OutgoingOptions
{
    public const string Section = "Outgoing";

    /// <summary>
    /// Bytes of answers and pushes that may wait in this node for readers whose network or will takes no more, all of them together; over it those who have
    /// waited longest are cut off, and come back with what they hold. Default 33554432 (32 MiB): some 500 of the longest pages of history.
    /// </summary>
    [Range(1024 * 1024, 1024L * 1024 * 1024 * 1024)]
    public long MaxBytes { get; set; } = 32 * 1024 * 1024;
}
