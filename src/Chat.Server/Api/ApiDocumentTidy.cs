using System.Globalization;
using System.Text.RegularExpressions;
using Chat.Contracts;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Chat.Server.Api;

/// <summary>
/// Last, over all schemas: what is absent is left out and never null, so no schema names null; and references to <see cref="Limits"/> in the contract's
/// comments become their numbers.
/// </summary>
internal sealed partial class ApiDocumentTidy : IOpenApiDocumentTransformer
{
    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        foreach (var schema in document.Components?.Schemas?.Values ?? [])
            Tidy(schema);
        return Task.CompletedTask;
    }

    private static void Tidy(IOpenApiSchema schema)
    {
        if (schema.Description is { } description)
            schema.Description = Name().Replace(description, Text);
        if (schema is not OpenApiSchema own)
            return;
        own.Type &= ~JsonSchemaType.Null;
        if (own.Items is not null)
            Tidy(own.Items);
        foreach (var (name, property) in own.Properties?.ToList() ?? [])
        {
            var bare = property.OneOf is [{ Type: JsonSchemaType.Null }, var other] ? other : property;
            own.Properties![name] = bare;
            Tidy(bare);
        }
    }

    private static string Text(Match match) =>
        typeof(Limits).GetField(match.Groups["limit"].Value)?.GetRawConstantValue() is int number
            ? number.ToString(CultureInfo.InvariantCulture)
            : match.Groups["name"].Value;

    // The framework renders a reference as its type and its name.
    [GeneratedRegex(@"\bint (?<name>Limits\.(?<limit>\w+))", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();
}
