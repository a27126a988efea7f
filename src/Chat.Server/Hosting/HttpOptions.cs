using System.ComponentModel.DataAnnotations;

namespace Chat.Server.Hosting;

/// <summary>Where the service listens. Section <c>Http</c>.</summary>
public sealed class HttpOptions
{
    public const string Section = "Http";

    /// <summary>Hubs, REST and pages. Default 8080.</summary>
    [Range(1, 65535)]
    public int Port { get; set; } = 8080;

    /// <summary><c>/livez</c>, <c>/readyz</c> and <c>/metrics</c>; never routed to the outside. Default 8081.</summary>
    [Range(1, 65535)]
    public int ManagementPort { get; set; } = 8081;

    /// <summary><c>localhost</c> (default) or <c>*</c> for all interfaces, as containers need it.</summary>
    [RegularExpression(@"localhost|\*", ErrorMessage = "Http:Address is localhost or *.")]
    public string Address { get; set; } = "localhost";

    /// <summary>
    /// Networks of the proxies before this service, as CIDR (<c>10.42.0.0/16</c>): their <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> are
    /// believed, so that limits count visitors and not the proxy. Default none: nobody's is.
    /// </summary>
    public string[] TrustedProxies { get; set; } = [];

    /// <summary>What is wrong with the options as a whole, or null.</summary>
    public string? FindFault() =>
        TrustedProxies.FirstOrDefault(network => !System.Net.IPNetwork.TryParse(network, out _)) is { } malformed
            ? $"Http:TrustedProxies has '{malformed}', which is not a network as 10.42.0.0/16."
            : null;
}
