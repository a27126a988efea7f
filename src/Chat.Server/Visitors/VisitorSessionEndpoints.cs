using Chat.Contracts;
using Chat.Server.Api;
using Chat.Server.Hosting;
using Chat.Server.Identity;
using Chat.Server.Inboxes;
using Chat.Server.Messages;
using Chat.Server.Networks;

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
            .WithMetadata(SessionLimits.BodySize)
            .RefuseUnknownParameters()
            .WithTags("Sessions")
            .Refuses(ErrorCode.Invalid, ErrorCode.RateLimited, ErrorCode.Unavailable, ErrorCode.Internal);
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
        if (body.Inbox is not { Length: > 0 and <= MaxKeyLength })
            return Problems.Problem(Refusal.Of("inbox", FieldFault.Malformed, $"inbox is the key of one, 1 to {MaxKeyLength} characters."));
        if (body.DeviceId == Guid.Empty)
            return Problems.Problem(Refusal.Of("deviceId", FieldFault.Required, "deviceId is random and never only zeros."));
        if (directory.FindByKey(body.Inbox) is null)
            await directory.RefreshIfOlderAsync(FreshEnough, context.RequestAborted);
        if (directory.FindByKey(body.Inbox) is not { } inbox)
            return Problems.Problem(ErrorCode.NotFound, "There is no inbox with this key.");
        if (!origins.AllowsVisitor(context.Request, inbox))
            return Problems.Problem(ErrorCode.Forbidden, OriginPolicy.RefusalOf(context.Request));

        if (DeviceOf(body, context.Request) is not { } device)
            return Problems.Problem(Refusal.Of("locale", FieldFault.Malformed, "locale must be a BCP 47 tag."));

        var session = await sessions.OpenAsync(inbox, body, device, context.Network(), context.RequestAborted);
        context.Response.Headers.CacheControl = "no-store";
        if (session.IsRefused)
            return session.Refusal == ErrorCode.Forbidden
                ? Problems.Problem(ErrorCode.Forbidden, BlockMiddleware.Detail)
                : Problems.Problem(session.Terms ?? new Refusal(session.Refusal));
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
        return ApiResult.Of(await sessions.EndAsync(body.RefreshToken, CancellationToken.None));
    }
}
