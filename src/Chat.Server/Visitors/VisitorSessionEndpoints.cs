using Chat.Contracts;
using Chat.Server.Api;
using Chat.Server.Hosting;
using Chat.Server.Identity;
using Chat.Server.Inboxes;
using Chat.Server.Messages;

namespace Chat.Server.Visitors;

/// <summary><c>/api/v1/visitor/session</c> and <c>/api/v1/visitor/logout</c>.</summary>
internal static class VisitorSessionEndpoints
{
    private const int MaxKeyLength = 64;

    // The key of a fresh inbox works within a second; keys are invented too.
    private static readonly TimeSpan FreshEnough = TimeSpan.FromSeconds(1);

    public static void Map(IEndpointRouteBuilder routes)
    {
        var group = routes
            .MapGroup("/api/v1/visitor")
            .RequireRateLimiting(SessionLimits.Visitor)
            .WithMetadata(SessionLimits.BodySize)
            .WithTags("Sessions")
            .Refuses(ErrorCode.RateLimited, ErrorCode.Unavailable, ErrorCode.Internal);
        group
            .MapPost("/session", OpenAsync)
            .Produces<VisitorSession>()
            .Refuses(ErrorCode.Invalid, ErrorCode.TooLarge, ErrorCode.Unauthenticated, ErrorCode.Forbidden, ErrorCode.NotFound)
            .Describe("OpenVisitorSession", "Starts or continues a visitor's session.");
        group
            .MapPost("/logout", EndAsync)
            .Produces(204)
            .Refuses(ErrorCode.Invalid, ErrorCode.TooLarge)
            .Describe("EndVisitorSession", "Ends the device's session.");
    }

    private static async Task<IResult> OpenAsync(
        VisitorSessionRequest body,
        HttpContext context,
        InboxDirectory directory,
        OriginPolicy origins,
        VisitorSessions sessions
    )
    {
        if (body.Inbox is not { Length: > 0 and <= MaxKeyLength } || body.DeviceId == Guid.Empty)
            return Problems.Problem(ErrorCode.Invalid, "inbox and deviceId are required.");
        if (directory.FindByKey(body.Inbox) is null)
            await directory.RefreshIfOlderAsync(FreshEnough, context.RequestAborted);
        if (directory.FindByKey(body.Inbox) is not { } inbox)
            return Problems.Problem(ErrorCode.NotFound, "There is no inbox with this key.");
        if (!origins.AllowsVisitor(context.Request, inbox))
            return Problems.Problem(ErrorCode.Forbidden, "This page is none of the inbox's origins.");

        if (DeviceOf(body, context.Request) is not { } device)
            return Problems.Problem(ErrorCode.Invalid, "locale must be a BCP 47 tag.");

        var session = await sessions.OpenAsync(inbox, body, device, context.RequestAborted);
        context.Response.Headers.CacheControl = "no-store";
        if (session.IsRefused)
            return Problems.Problem(session.Refusal, session.Refusal == ErrorCode.Forbidden ? BlockMiddleware.Detail : null);
        return Results.Ok(session.Value);
    }

    /// <summary>Null when the client names a locale that is none; what browsers send may be anything.</summary>
    private static CallerDevice? DeviceOf(VisitorSessionRequest body, HttpRequest request)
    {
        var locale = TextRules.Locale(body.Locale);
        if (locale.Error is not null)
            return null;
        var preferred = request.Headers.AcceptLanguage.ToString().Split(',', ';')[0].Trim();
        var (browser, os) = UserAgents.Describe(request.Headers.UserAgent.ToString());
        return new CallerDevice(body.DeviceId, browser, os, locale.Value ?? TextRules.Locale(preferred).Value);
    }

    // Whoever holds the token may end it, from wherever, and needs not wait until it is done.
    private static async Task<IResult> EndAsync(VisitorLogout body, VisitorSessions sessions)
    {
        await sessions.EndAsync(body.RefreshToken, CancellationToken.None);
        return Results.NoContent();
    }
}
