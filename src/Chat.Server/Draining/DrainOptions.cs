using System.ComponentModel.DataAnnotations;

namespace Chat.Server.Draining;

/// <summary>How a node that got SIGTERM gives its sockets away. Section <c>Drain</c>. The defaults suit one node; the chart sets others.</summary>
public sealed class DrainOptions
{
    public const string Section = "Drain";

    /// <summary>Between readiness 503 and the first <c>goAway</c>: until balancers have seen it. Default 0 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan Propagation { get; set; }

    /// <summary>
    /// Every socket gets its <c>goAway</c> at its own moment of this window and is closed within it; over sooner when the sockets are gone. At least
    /// the node's sockets / the reconnects a second that the other nodes accept. Default 0 s: all at once.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan Window { get; set; }

    /// <summary>From a socket's <c>goAway</c> to its close; it may send meanwhile. Default 0 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan CloseAfter { get; set; }

    /// <summary>For what is left after the last socket: appends under way, requests. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan Stop { get; set; } = TimeSpan.FromSeconds(10);
}
