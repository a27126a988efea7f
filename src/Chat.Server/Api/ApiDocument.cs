using Chat.Contracts;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;

namespace Chat.Server.Api;

/// <summary>
/// <c>/openapi/v1.json</c>, made of the routes and the contract's records. The repository keeps a copy beside the contract, and a test holds the two
/// together.
/// </summary>
internal static class ApiDocument
{
    public const string Folder = "/openapi";

    private const string Name = "v1";

    public static void AddApiDocument(this IServiceCollection services) =>
        services.AddOpenApi(
            Name,
            options =>
            {
                options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
                options.AddDocumentTransformer<ApiDocumentHead>();
                options.AddOperationTransformer<ApiDocumentOperations>();
                options.AddOperationTransformer<ApiDocumentHttp>();
                options.AddSchemaTransformer<ApiDocumentSchemas>();
                options.AddDocumentTransformer<ApiDocumentTidy>();
            }
        );

    public static void MapApiDocument(this IEndpointRouteBuilder routes)
    {
        var documents = routes.ServiceProvider.GetRequiredKeyedService<IOpenApiDocumentProvider>(Name);
        // Made once, or twice at the same time: it takes a while, and anybody may ask.
        Task<(byte[] Plain, byte[] Packed)>? made = null;
        routes
            .MapGet(
                $"{Folder}/{Name}.json",
                async (HttpRequest request) => Answer(request.HttpContext, await (made ??= MakeAsync(documents)))
            )
            .ExcludeFromDescription();
    }

    private static IResult Answer(HttpContext context, (byte[] Plain, byte[] Packed) document)
    {
        context.Response.Headers.Append(HeaderNames.Vary, HeaderNames.AcceptEncoding);
        if (!Gzip.IsTakenBy(context.Request))
            return Results.Bytes(document.Plain, "application/json; charset=utf-8");
        context.Response.Headers.ContentEncoding = Gzip.Name;
        return Results.Bytes(document.Packed, "application/json; charset=utf-8");
    }

    private static async Task<(byte[] Plain, byte[] Packed)> MakeAsync(IOpenApiDocumentProvider documents)
    {
        var document = await documents.GetOpenApiDocumentAsync(CancellationToken.None);
        using var json = new MemoryStream();
        await document.SerializeAsJsonAsync(json, OpenApiSpecVersion.OpenApi3_1, CancellationToken.None);
        var plain = json.ToArray();
        using var packed = Gzip.Pack(plain);
        return (plain, packed.Written.ToArray());
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
                + "Its rules are in PROTOCOL.md; refusals are problem details whose code is the one that hubs throw. "
                + "Words (states, types, codes) are open: x-extensible-enum lists those that are known now, and later versions may send others. "
                + "HEAD is answered as GET is, without the body; a method that an address does not have by 405 with Allow, a body that is no JSON by 415, a parameter "
                + "that a route does not take by 400: all of them problems with the code invalid.",
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
