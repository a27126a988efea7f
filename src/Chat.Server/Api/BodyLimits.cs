using Chat.Contracts;
using Chat.Server.Hosting;
using Microsoft.AspNetCore.Http.Features;

namespace Chat.Server.Api;

/// <summary>Metadata of a route whose bodies may be shorter than others.</summary>
internal sealed record BodyLimit(long Bytes);

/// <summary>
/// How long a body may be. The HTTP server has a limit too, a far higher one: it closes the connection while its caller still writes, who then never reads why.
/// What is refused here it takes to its end and throws away.
/// </summary>
internal static class BodyLimits
{
    private const long MostBytes = Limits.FrameBytes;

    public static void UseBodyLimits(this WebApplication app) =>
        app.Use(
            (context, next) =>
            {
                var most = context.GetEndpoint()?.Metadata.GetMetadata<BodyLimit>()?.Bytes ?? MostBytes;
                if (context.Request.ContentLength > most)
                    return Problems.Problem(Problems.BodyTooLong).ExecuteAsync(context);
                if (context.Request.ContentLength is null && context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true)
                    context.Request.Body = new BoundedBody(context.Request.Body, most);
                return next(context);
            }
        );
}
