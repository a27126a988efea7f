using Chat.Contracts;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Chat.Server.Api;

/// <summary>What routes have of HTTP itself: headers of their answers, and the refusal of a body that is no JSON.</summary>
internal sealed class ApiDocumentHttp : IOpenApiOperationTransformer
{
    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (operation.RequestBody is not null)
            AddWrongType(operation, context.Document!);
        if (metadata.OfType<Polling>().Any())
        {
            AddHeader(
                operation,
                "200",
                "ETag",
                "Names this answer. Sent back as If-None-Match, it is answered by 304 while nothing has changed."
            );
            if (operation.Responses!["304"] is OpenApiResponse same)
                same.Description = "Nothing has changed since the answer that If-None-Match names.";
        }
        if (metadata.OfType<Creation>().Any())
            AddHeader(operation, "201", "Location", "Where it is from now on.");
        return Task.CompletedTask;
    }

    private static void AddWrongType(OpenApiOperation operation, OpenApiDocument document) =>
        operation.Responses!["415"] = new OpenApiResponse
        {
            Description = $"`{ErrorCode.Invalid.Code}`: The body is to be application/json.",
            Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
            {
                ["application/problem+json"] = new() { Schema = new OpenApiSchemaReference(nameof(Problem), document) },
            },
        };

    private static void AddHeader(OpenApiOperation operation, string status, string name, string description)
    {
        if (operation.Responses?[status] is not OpenApiResponse response)
            return;
        response.Headers = new Dictionary<string, IOpenApiHeader>(StringComparer.Ordinal)
        {
            [name] = new OpenApiHeader
            {
                Description = description,
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            },
        };
    }
}
