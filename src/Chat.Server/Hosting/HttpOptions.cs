using System.ComponentModel.DataAnnotations;

namespace Chat.Server.Hosting;

/// <summary>Where the service listens. Section <c>Http</c>.</summary>
public sealed class HttpOptions : IValidatableObject
{
    public const string Section = "Http";

    internal const string Loopback = "localhost";

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
    /// Where the management port listens: <c>localhost</c>, <c>*</c>, or an address of this machine. Default empty: where <see cref="Address"/> does.
    /// </summary>
    public string ManagementAddress { get; set; } = "";

    /// <summary>
    /// Host names to which the public port answers: <c>chat.example.com</c>, <c>*.example.com</c>, or <c>*</c> for any; the hosts of
    /// <c>Identity:PublicOrigins</c> besides. Default empty: what means this machine where <see cref="Address"/> is <c>localhost</c>, any where it is
    /// <c>*</c>.
    /// </summary>
    public string[] AllowedHosts { get; set; } = [];

    /// <summary>
    /// For how many days browsers that came over TLS shall come in no other way (HSTS). Default 0: nothing is said of it, since it also binds what else
    /// has this host name.
    /// </summary>
    [Range(0, 3650)]
    public int HstsDays { get; set; }

    /// <summary>
    /// Networks of the proxies before this service, as CIDR (<c>10.42.0.0/16</c>): their <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> are
    /// believed, so that limits count visitors and not the proxy. Default none: nobody's is.
    /// </summary>
    public string[] TrustedProxies { get; set; } = [];

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var malformed in TrustedProxies.Where(network => !System.Net.IPNetwork.TryParse(network, out _)))
            yield return new ValidationResult($"Http:TrustedProxies has '{malformed}', which is not a network as 10.42.0.0/16.");
        if (Port == ManagementPort)
            yield return new ValidationResult("Http:Port and Http:ManagementPort are two different ports.");
        if (ManagementAddress is not ("" or "*" or Loopback) && !System.Net.IPAddress.TryParse(ManagementAddress, out _))
            yield return new ValidationResult("Http:ManagementAddress is localhost, * or an IP address.");
        foreach (var other in AllowedHosts.Where(host => !IsHost(host)))
            yield return new ValidationResult(
                $"Http:AllowedHosts has '{other}', which is not a name as chat.example.com or *.example.com, nor *."
            );
    }

    // Without a port: the service has one.
    private static bool IsHost(string host) =>
        host == "*" || Uri.CheckHostName(host.StartsWith("*.", StringComparison.Ordinal) ? host[2..] : host) != UriHostNameType.Unknown;
}
