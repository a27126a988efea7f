using Chat.Server.Api;
using Chat.Server.Hosting;
using Chat.Server.Inboxes;
using Chat.Server.Storage;
using Microsoft.Extensions.Options;

namespace Chat.Server.Web;

/// <summary>Serves the screens that <c>src/web</c> builds: the loader, the widget's document, the console, the demo page.</summary>
internal static class WebFeature
{
    public const string NotBuilt =
        "The screens are not built: Node 20 was not found, or its build failed. Run npm ci && npm run build in src/web.";

    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    public static void AddWeb(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSettings<WebOptions>(WebOptions.Section);
        builder.Services.AddSingleton<WebFiles>();
        builder.Services.AddSingleton<AssetStore>();
        builder.Services.AddSingleton<ContentSecurity>();
    }

    public static void MapWeb(this WebApplication app)
    {
        var files = app.Services.GetRequiredService<WebFiles>();
        var security = app.Services.GetRequiredService<ContentSecurity>();
        var directory = app.Services.GetRequiredService<IInboxDirectory>();
        app.MapPage("/widget.js", (context, _) => SendLoaderAsync(context, files));
        app.MapPage("/widget/{key}", (context, key) => SendWidgetAsync(context, files, directory.FindByKey(key)));
        app.MapPage("/console/{**path}", (context, _) => SendConsoleAsync(context, files, security));
        var assets = app.Services.GetRequiredService<AssetStore>();
        app.MapPage("/assets/{**path}", (context, path) => SendAssetAsync(context, files, assets, $"assets/{path}"));
        if (IsDemo(app.Services))
            app.MapPage("/", (context, _) => SendDemoAsync(context, files));
    }

    /// <summary>Whether the demo page is at the root.</summary>
    public static bool IsDemo(IServiceProvider services) =>
        services.GetRequiredService<IOptions<WebOptions>>().Value.DemoPage
        ?? services.GetRequiredService<IOptions<StorageOptions>>().Value.Provider == StorageProvider.Sqlite;

    private static void MapPage(this WebApplication app, string pattern, Func<HttpContext, string, Task> send) =>
        app.MapMethods(pattern, Reading, context => send(context, context.Request.RouteValues.Values.FirstOrDefault() as string ?? ""))
            .ExcludeFromDescription();

    private static Task SendLoaderAsync(HttpContext context, WebFiles files)
    {
        // Host pages that isolate themselves take scripts of others only with this.
        context.Response.Headers["Cross-Origin-Resource-Policy"] = "cross-origin";
        return SendAsync(context, files, "widget.js");
    }

    /// <summary>For an unknown key too: the document tells the visitor, where an error page in a frame would tell nobody.</summary>
    private static Task SendWidgetAsync(HttpContext context, WebFiles files, Inbox? inbox)
    {
        ContentSecurity.OfWidget(context.Response, inbox);
        // The inbox's settings come while the script does: the composer is there the sooner.
        if (inbox is not null)
            context.Response.Headers.Link =
                $"<{ApiFeature.Path}/v1/widget/{Uri.EscapeDataString(inbox.Key)}>; rel=preload; as=fetch; crossorigin";
        return SendAsync(context, files, "widget.html");
    }

    private static Task SendConsoleAsync(HttpContext context, WebFiles files, ContentSecurity security)
    {
        security.OfConsole(context.Response);
        return SendAsync(context, files, "console.html");
    }

    private static Task SendDemoAsync(HttpContext context, WebFiles files)
    {
        ContentSecurity.OfDemo(context.Response);
        return SendAsync(context, files, "demo.html");
    }

    private static async Task SendAssetAsync(HttpContext context, WebFiles files, AssetStore others, string path)
    {
        var file = files.Find(path) ?? (files.AreBuilt ? await others.FindAsync(path, context.RequestAborted) : null);
        await SendAsync(context, files, file, isHashed: true);
    }

    private static Task SendAsync(HttpContext context, WebFiles files, string path) =>
        SendAsync(context, files, files.Find(path), isHashed: false);

    private static Task SendAsync(HttpContext context, WebFiles files, WebFile? file, bool isHashed)
    {
        if (file is not null)
            return file.SendAsync(context, isHashed);
        context.Response.StatusCode = files.AreBuilt ? StatusCodes.Status404NotFound : StatusCodes.Status503ServiceUnavailable;
        // Else the pages for status codes would answer as the API does.
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(files.AreBuilt ? "Not found\n" : NotBuilt + "\n", context.RequestAborted);
    }
}
