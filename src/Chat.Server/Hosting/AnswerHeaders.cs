using Chat.Server.Api;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Chat.Server.Hosting;

/// <summary>What every answer on the public port tells browsers, whoever gives it: routes, refusals, errors.</summary>
internal static class AnswerHeaders
{
    /// <summary>Of what anybody may read: kept, and never taken without asking whether it is still so.</summary>
    public const string AskAgain = "no-cache";

    public static void UseAnswerHeaders(this WebApplication app)
    {
        var days = app.Services.GetRequiredService<IOptions<HttpOptions>>().Value.HstsDays;
        var hsts = days == 0 ? null : $"max-age={(long)TimeSpan.FromDays(days).TotalSeconds}";
        app.Use(
            (context, next) =>
            {
                // At the start of the answer: an exception on the way forgets what was set before it.
                context.Response.OnStarting(
                    static state =>
                    {
                        var (context, hsts) = ((HttpContext, string?))state;
                        Set(context, hsts);
                        return Task.CompletedTask;
                    },
                    (context, hsts)
                );
                return next(context);
            }
        );
    }

    private static void Set(HttpContext context, string? hsts)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        // What is somebody's own stays in no cache, of a proxy or of a browser that others use.
        if (
            context.Request.Path.StartsWithSegments(ApiFeature.Path, StringComparison.OrdinalIgnoreCase)
            && headers.CacheControl != AskAgain
        )
            headers.CacheControl = "no-store";
        if (hsts is not null && context.Request.IsHttps)
            headers[HeaderNames.StrictTransportSecurity] = hsts;
    }
}
