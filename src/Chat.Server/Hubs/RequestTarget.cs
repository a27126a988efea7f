using System.Reflection;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Chat.Server.Hubs;

/// <summary>
/// Kestrel remembers the last target of a connection, to reuse its strings for the next request. After an upgrade there is none, and the target of a
/// socket has its token in it: 2 KB that would be kept for hours, and a secret. A Kestrel that keeps them elsewhere keeps them; a test notices.
/// </summary>
internal static class RequestTarget
{
    private static readonly Type? Connection = typeof(KestrelServer).Assembly.GetType(
        "Microsoft.AspNetCore.Server.Kestrel.Core.Internal.Http.Http1Connection"
    );

    internal static readonly IReadOnlyList<FieldInfo> Remembered =
    [
        .. new[] { "_parsedRawTarget", "_parsedQueryString" }
            .Select(name => Connection?.GetField(name, BindingFlags.Instance | BindingFlags.NonPublic))
            .OfType<FieldInfo>(),
    ];

    public static void Forget(HttpContext context)
    {
        if (context.Features.Get<IHttpRequestFeature>() is not { } request)
            return;
        request.RawTarget = request.Path;
        if (Connection?.IsInstanceOfType(request) != true)
            return;
        foreach (var field in Remembered)
            field.SetValue(request, null);
    }
}
