using Chat.Contracts;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Chat.Server.Api;

/// <summary>
/// <c>/openapi/v1.json</c>, made of the routes and the contract's records. The repository keeps a copy beside the contract, and a test holds the two
/// together.
/// </summary>
internal static class ApiDocument
{
    private const string Name = "v1";

    public static void AddApiDocument(this IServiceCollection services) =>
        services.AddOpenApi(
            Name,
            options =>
            {
                options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
                options.AddDocumentTransformer<ApiDocumentHead>();
                options.AddOperationTransformer<ApiDocumentOperations>();
                options.AddSchemaTransformer<ApiDocumentSchemas>();
                options.AddDocumentTransformer<ApiDocumentTidy>();
            }
        );

    public static void MapApiDocument(this IEndpointRouteBuilder routes)
    {
        var documents = routes.ServiceProvider.GetRequiredKeyedService<IOpenApiDocumentProvider>(Name);
        // Made once, or twice at the same time: it takes a while, and anybody may ask.
        Task<byte[]>? made = null;
        routes
            .MapGet(
                $"/openapi/{Name}.json",
                async () => Results.Bytes(await (made ??= MakeAsync(documents)), "application/json; charset=utf-8")
            )
            .ExcludeFromDescription();
    }

    private static async Task<byte[]> MakeAsync(IOpenApiDocumentProvider documents)
    {
        var document = await documents.GetOpenApiDocumentAsync(CancellationToken.None);
        using var json = new MemoryStream();
        await document.SerializeAsJsonAsync(json, OpenApiSpecVersion.OpenApi3_1, CancellationToken.None);
        return json.ToArray();
    }
}

/// <summary>Title, security scheme; nothing that depends on who asks and where.</summary>
internal sealed class ApiDocumentHead : IOpenApiDocumentTransformer
{
    public const string Bearer = "bearer";

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Chat",
            Version = $"{ProtocolVersion.Current}",
            Description =
                "Customer chat. Lists, history, administration, and the whole contract of the hubs for clients without a WebSocket. "
                + "Its rules are in PROTOCOL.md; refusals are problem details whose code is the one that hubs throw.",
        };
        document.Servers = [new OpenApiServer { Url = "/" }];
        document.AddComponent<IOpenApiSecurityScheme>(
            Bearer,
            new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                BearerFormat = "JWT",
                Description = "The access token of a session endpoint. A route names the roles that may call it.",
            }
        );
        return Task.CompletedTask;
    }
}
