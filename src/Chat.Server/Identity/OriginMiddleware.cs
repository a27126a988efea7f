using Chat.Contracts;
using Chat.Server.Hosting;
using Chat.Server.Inboxes;

namespace Chat.Server.Identity;

/// <summary>
/// Refuses foreign pages: on hub paths before the upgrade, and on REST, where a browser leaves the Origin out of what a page asks of its own host.
/// After authentication, because the token names the visitor's inbox; a request without a good token is left to authorisation.
/// </summary>
internal sealed class OriginMiddleware(RequestDelegate next, OriginPolicy origins, IInboxDirectory directory)
{
    public Task InvokeAsync(HttpContext context)
    {
        var isHub = context.Request.Path.StartsWithSegments(CallerAuthentication.HubPath, StringComparison.OrdinalIgnoreCase);
        if ((!isHub && context.Request.Headers.Origin.Count == 0) || Caller.From(context.User) is not { } caller)
            return next(context);
        var isAllowed = caller.IsOperator
            ? origins.AllowsOperator(context.Request)
            : directory.Find(caller.InboxId) is { } inbox && origins.AllowsVisitor(context.Request, inbox);
        // What it depends on may change while a socket or a waiting request lives.
        context.Features.Set(origins.PageOf(context.Request));
        return isAllowed
            ? next(context)
            : Problems.Problem(ErrorCode.Forbidden, OriginPolicy.RefusalOf(context.Request)).ExecuteAsync(context);
    }
}
