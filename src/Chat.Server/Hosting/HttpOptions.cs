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
}
