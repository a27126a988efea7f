using System.ComponentModel.DataAnnotations;

namespace Chat.Server.Networks;

/// <summary>
/// What the anonymous visitors of one network (an IPv4 address, an IPv6 /64) may start on one node. The defaults let a stranded flight behind one address
/// write, which is the largest crowd that shares one and means it. Section <c>Networks</c>.
/// </summary>
internal sealed class NetworkOptions
{
    public const string Section = "Networks";

    /// <summary>What is counted over time is counted over so long.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Texts that one visitor may store in the window, bytes, whatever their network has left: three times what the fastest typist writes, so that a running
    /// conversation goes on.
    /// </summary>
    public const int OwnBytes = 32 * 1024;

    /// <summary>Sockets at once. Visitors who have a conversation are let in beyond it. Default 5,000. 0: no limit.</summary>
    [Range(0, 1_000_000)]
    public int Sockets { get; set; } = 5_000;

    /// <summary>New conversations in ten minutes. Default 2,000. 0: no limit.</summary>
    [Range(0, 1_000_000)]
    public int Conversations { get; set; } = 2_000;

    /// <summary>
    /// New anonymous sessions in ten minutes, and a quarter of how often anybody may ask what a widget shows. Default 10,000, two for each socket. 0: no limit.
    /// </summary>
    [Range(0, 1_000_000)]
    public int Sessions { get; set; } = 10_000;

    /// <summary>
    /// Texts stored in ten minutes, bytes, besides what each visitor may store anyway. Default 64 MB: as many new conversations as are allowed, and 32 KB in
    /// each of them. 0: no limit.
    /// </summary>
    [Range(0, 1_000_000_000_000)]
    public long StoredBytes { get; set; } = 2_000L * OwnBytes;
}
