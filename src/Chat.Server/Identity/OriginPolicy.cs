using Chat.Server.Inboxes;
using Microsoft.Extensions.Options;

namespace Chat.Server.Identity;

/// <summary><see cref="OriginRules"/> applied to a request.</summary>
internal sealed class OriginPolicy(IOptions<IdentityOptions> options)
{
    public bool AllowsVisitor(HttpRequest request, Inbox inbox) => OriginRules.AllowsVisitor(OriginOf(request), inbox, IsOwn(request));

    public bool AllowsOperator(HttpRequest request) => OriginRules.AllowsOperator(OriginOf(request), IsOwn(request));

    public CallerPage PageOf(HttpRequest request) => new(OriginOf(request), IsOwn(request));

    /// <summary>Why a call is refused that none of these allows.</summary>
    public static string RefusalOf(HttpRequest request) =>
        OriginOf(request) is null
            ? "The inbox does not take native apps: a call without the header Origin is refused unless allowNativeApps is set."
            : "This page is none of those that may call: add its origin to the inbox's origins.";

    private bool IsOwn(HttpRequest request) =>
        OriginRules.IsOwn(OriginOf(request), options.Value.PublicOrigins, request.Host.Value ?? "", request.IsHttps);

    // Two Origin headers are nobody's browser: joined, they are no origin that anybody allows.
    private static string? OriginOf(HttpRequest request) => request.Headers.Origin is { Count: > 0 } origin ? origin.ToString() : null;
}
