using System.ComponentModel.DataAnnotations;

namespace Chat.Server.Hubs;

/// <summary>Which sockets a node lets in, and for how long. Section <c>Admission</c>. The defaults limit nothing; the chart sets others.</summary>
public sealed class AdmissionOptions
{
    public const string Section = "Admission";

    /// <summary>
    /// Sockets at once, those in their handshake included; over it 503. Default 0: as many as the process's limit of open files allows, which holds in any
    /// case.
    /// </summary>
    [Range(0, 1_000_000)]
    public int MaxConnections { get; set; }

    /// <summary>New sockets a second, sustained; over it 503. Default 0: no limit.</summary>
    [Range(0, 100_000)]
    public int ConnectsPerSecond { get; set; }

    /// <summary>New sockets at once after a pause. Default 400.</summary>
    [Range(1, 100_000)]
    public int ConnectBurst { get; set; } = 400;

    /// <summary>
    /// Sockets older than this, more or less a tenth, are sent elsewhere, which evens out the load after a scale-up. Default 0: never.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan MaxAge { get; set; }
}
