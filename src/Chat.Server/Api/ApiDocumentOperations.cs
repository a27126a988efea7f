using System.Globalization;
using Chat.Contracts;
using Chat.Server.Identity;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Chat.Server.Api;

/// <summary>Who may call a route, and with which codes it refuses.</summary>
internal sealed class ApiDocumentOperations : IOpenApiOperationTransformer
{
    // Any call may meet a store that is away, and a bug.
    private static readonly ErrorCode[] Always = [ErrorCode.Unavailable, ErrorCode.Internal];

    public async Task TransformAsync(
        OpenApiOperation operation,
        OpenApiOperationTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var policies = metadata.OfType<IAuthorizeData>().Select(data => data.Policy).OfType<string>().ToList();
        var isPublic = !metadata.OfType<IAuthorizeData>().Any();
        var codes = new HashSet<ErrorCode>(metadata.OfType<Refusals>().SelectMany(refusals => refusals.Codes).Concat(Always));
        if (!isPublic)
            codes.UnionWith([ErrorCode.Unauthenticated, ErrorCode.RateLimited]);
        if (policies.Count > 0)
            codes.Add(ErrorCode.Forbidden);

        operation.Security = isPublic ? [] : [Requirement(policies, context.Document!)];
        context.Document!.AddComponent(
            nameof(Problem),
            await context.GetOrCreateSchemaAsync(typeof(Problem), cancellationToken: cancellationToken)
        );
        operation.Responses ??= [];
        foreach (var status in codes.GroupBy(code => code.HttpStatus).OrderBy(group => group.Key))
            operation.Responses[status.Key.ToString(CultureInfo.InvariantCulture)] = Response(status, context.Document);
    }

    private static OpenApiSecurityRequirement Requirement(List<string> policies, OpenApiDocument document) =>
        new()
        {
            [new OpenApiSecuritySchemeReference(ApiDocumentHead.Bearer, document)] =
                policies.Count > 0 ? policies : [Policies.Visitor, Policies.Operator],
        };

    private static OpenApiResponse Response(IEnumerable<ErrorCode> codes, OpenApiDocument document)
    {
        var known = codes.OrderBy(code => code.Code, StringComparer.Ordinal).ToList();
        var response = new OpenApiResponse
        {
            Description = string.Join('\n', known.Select(code => $"`{code.Code}`: {code.Meaning}")),
            Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
            {
                ["application/problem+json"] = new OpenApiMediaType { Schema = new OpenApiSchemaReference(nameof(Problem), document) },
            },
        };
        if (known.Contains(ErrorCode.RateLimited))
            response.Headers = new Dictionary<string, IOpenApiHeader>(StringComparer.Ordinal)
            {
                ["Retry-After"] = new OpenApiHeader
                {
                    Description = "Seconds, rounded up; retryAfterMs has it exactly.",
                    Schema = new OpenApiSchema { Type = JsonSchemaType.Integer },
                },
            };
        return response;
    }
}
