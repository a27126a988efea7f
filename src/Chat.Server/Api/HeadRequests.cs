namespace Chat.Server.Api;

/// <summary>HEAD is answered as GET, and the HTTP server leaves the body out. Before routing, which would find no route for it.</summary>
internal static class HeadRequests
{
    public static void UseHead(this WebApplication app) =>
        app.Use(
            (context, next) =>
            {
                if (HttpMethods.IsHead(context.Request.Method) && IsOurs(context.Request.Path))
                    context.Request.Method = HttpMethods.Get;
                return next(context);
            }
        );

    private static bool IsOurs(PathString path) =>
        path.StartsWithSegments(ApiFeature.Path, StringComparison.OrdinalIgnoreCase)
        || path.StartsWithSegments(ApiDocument.Folder, StringComparison.OrdinalIgnoreCase);
}
