using System.ComponentModel.DataAnnotations;

namespace Chat.Server.Sockets;

/// <summary>What sockets may hold of a node. Section <c>Sockets</c>.</summary>
public sealed class SocketOptions
{
    public const string Section = "Sockets";

    /// <summary>
    /// Bytes of all frames together that have not come whole; a socket over it is closed with <c>rebalance</c>. Frames above 4 KB get half of it, so that
    /// large ones leave room for small ones. Default 64 MB.
    /// </summary>
    [Range(1024 * 1024, long.MaxValue)]
    public long UnfinishedBytes { get; set; } = 64 * 1024 * 1024;
}
