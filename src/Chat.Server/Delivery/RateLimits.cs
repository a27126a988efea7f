using System.ComponentModel.DataAnnotations;
using Chat.Contracts;

namespace Chat.Server.Delivery;

/// <summary>
/// Rates on this node; over them a call is refused as <c>rate_limited</c>. A connection has both; all connections of a user have both once more
/// together, that of other calls for Hello, Sync and REST. Section <c>RateLimits</c>.
/// </summary>
public sealed class RateLimits
{
    public const string Section = "RateLimits";

    /// <summary>Changes (Send, Edit …) a second, sustained. Default 10. Clients learn it from Hello.</summary>
    [Range(1, 1_000_000)]
    public int ChangesPerSecond { get; set; } = Limits.ChangesPerSecond;

    /// <summary>Changes at once after a pause. Default 40.</summary>
    [Range(1, 1_000_000)]
    public int ChangesBurst { get; set; } = Limits.ChangesBurst;

    /// <summary>Other calls (Hello, Sync, History, Read, Typing …) a second, sustained. Default 20.</summary>
    [Range(1, 1_000_000)]
    public int CallsPerSecond { get; set; } = Limits.CallsPerSecond;

    /// <summary>Other calls at once after a pause. Default 100.</summary>
    [Range(1, 1_000_000)]
    public int CallsBurst { get; set; } = Limits.CallsBurst;

    /// <summary>REST calls of one user at once on this node, until their answers are taken. As many more that wait for events. Default 16.</summary>
    [Range(1, 1_000_000)]
    public int CallsAtOnce { get; set; } = Limits.CallsAtOnce;

    /// <summary>Sockets of one visitor on this node; the oldest goes for one more. Default 10.</summary>
    [Range(1, 1_000_000)]
    public int VisitorConnections { get; set; } = Limits.VisitorConnections;

    /// <summary>Sockets of one operator on this node; the oldest goes for one more. Default 20.</summary>
    [Range(1, 1_000_000)]
    public int OperatorConnections { get; set; } = Limits.OperatorConnections;
}
