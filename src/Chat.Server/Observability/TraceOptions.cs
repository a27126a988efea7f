using System.ComponentModel.DataAnnotations;

namespace Chat.Server.Observability;

/// <summary>Traces by OTLP. Section <c>Traces</c>.</summary>
public sealed class TraceOptions : IValidatableObject
{
    public const string Section = "Traces";

    /// <summary>Address of the collector, gRPC. Default none: nothing is traced.</summary>
    public Uri? Endpoint { get; set; }

    /// <summary>Share of calls traced, 0 to 1, where the caller has not decided. Default 0.01.</summary>
    [Range(0, 1)]
    public double Ratio { get; set; } = 0.01;

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Endpoint is not (null or { IsAbsoluteUri: true, Scheme: "https" or "http" }))
            yield return new ValidationResult("Traces:Endpoint is an address with https:// or http://.");
    }
}
