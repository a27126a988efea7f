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
    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var demands = metadata.OfType<IAuthorizeData>().ToList();
        operation.Security = demands.Count == 0 ? [] : [Requirement(demands, context.Document!)];
        var codes = metadata.OfType<Refusals>().SelectMany(refusals => refusals.Codes).Distinct();
        foreach (var sameStatus in codes.GroupBy(code => code.HttpStatus))
            Describe(operation, sameStatus);
        return Task.CompletedTask;
    }

    private static OpenApiSecurityRequirement Requirement(List<IAuthorizeData> demands, OpenApiDocument document)
    {
        var roles = demands.Select(demand => demand.Policy).OfType<string>().ToList();
        return new()
        {
            [new OpenApiSecuritySchemeReference(ApiDocumentHead.Bearer, document)] =
                roles.Count > 0 ? roles : [Policies.Visitor, Policies.Operator],
        };
    }

    private static void Describe(OpenApiOperation operation, IGrouping<int, ErrorCode> codes)
    {
        if (operation.Responses?[codes.Key.ToString(CultureInfo.InvariantCulture)] is not OpenApiResponse response)
            return;
        response.Description = string.Join(
            '\n',
            codes.OrderBy(code => code.Code, StringComparer.Ordinal).Select(code => $"`{code.Code}`: {code.Meaning}")
        );
        if (codes.Contains(ErrorCode.RateLimited))
            response.Headers = new Dictionary<string, IOpenApiHeader>(StringComparer.Ordinal)
            {
                ["Retry-After"] = new OpenApiHeader
                {
                    Description = "Seconds, rounded up; retryAfterMs has it exactly.",
                    Schema = new OpenApiSchema { Type = JsonSchemaType.Integer },
                },
            };
    }
}
