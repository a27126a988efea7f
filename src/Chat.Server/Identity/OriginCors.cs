using Chat.Server.Inboxes;
using Microsoft.AspNetCore.Cors.Infrastructure;

namespace Chat.Server.Identity;

/// <summary>
/// Which pages browsers let read REST's answers. A preflight carries no token and so names no inbox: it passes for the pages of every inbox, and
/// <see cref="OriginMiddleware"/> and the session endpoint then hold the call to the caller's own. No cookies: operators call from our pages only.
/// </summary>
internal sealed class OriginCors(OriginPolicy origins, IInboxDirectory directory) : ICorsPolicyProvider
{
    private const string Path = "/api";

    private static readonly TimeSpan PreflightLife = TimeSpan.FromMinutes(10);

    public Task<CorsPolicy?> GetPolicyAsync(HttpContext context, string? policyName)
    {
        if (!context.Request.Path.StartsWithSegments(Path, StringComparison.OrdinalIgnoreCase))
            return Task.FromResult<CorsPolicy?>(null);
        var policy = new CorsPolicyBuilder()
            .SetIsOriginAllowed(_ => directory.All.Any(inbox => origins.AllowsVisitor(context.Request, inbox)))
            .WithMethods(HttpMethods.Get, HttpMethods.Post, HttpMethods.Put, HttpMethods.Delete)
            .WithHeaders("Authorization", "Content-Type", "If-None-Match")
            .WithExposedHeaders("Retry-After", "ETag", "Location")
            .SetPreflightMaxAge(PreflightLife)
            .Build();
        return Task.FromResult<CorsPolicy?>(policy);
    }
}
