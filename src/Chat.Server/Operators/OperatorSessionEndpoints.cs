using Chat.Contracts;
using Chat.Server.Api;
using Chat.Server.Hosting;
using Chat.Server.Identity;
using Chat.Server.Inboxes;
using Microsoft.Extensions.Options;

namespace Chat.Server.Operators;

/// <summary><c>/api/v1/operator/session</c> and <c>/api/v1/operator/logout</c>. The refresh token is a cookie that no script can read.</summary>
internal static class OperatorSessionEndpoints
{
    public const string Cookie = "chat_refresh";

    private const string Path = "/api/v1/operator";

    public static void Map(IEndpointRouteBuilder routes)
    {
        var group = routes
            .MapGroup(Path)
            .RequireRateLimiting(SessionLimits.Operator)
            .WithMetadata(SessionLimits.BodySize)
            .RefuseUnknownParameters()
            .WithTags("Sessions")
            .Refuses(ErrorCode.Invalid, ErrorCode.RateLimited, ErrorCode.Forbidden, ErrorCode.Unavailable, ErrorCode.Internal);
        group
            .MapGet("/sign-in", Methods)
            .Produces<SignInMethods>()
            .Describe("GetSignInMethods", "In which ways operators may sign in here.");
        group
            .MapPost("/session", OpenAsync)
            .Produces<OperatorSession>()
            .Refuses(ErrorCode.Invalid, ErrorCode.TooLarge, ErrorCode.Unauthenticated)
            .Describe("OpenOperatorSession", "Starts or continues an operator's session.", "The refresh token is an HttpOnly cookie.");
        group.MapPost("/logout", EndAsync).Produces(204).Describe("EndOperatorSession", "Ends the browser's session.");
    }

    private static IResult Methods(IOptions<IdentityOptions> options)
    {
        var oidc = options.Value.Oidc;
        return Results.Ok(
            new SignInMethods(options.Value.PasswordSignIn, oidc.IsOn ? new OidcProvider(oidc.Authority, oidc.ClientId, oidc.Name) : null)
        );
    }

    private static async Task<IResult> OpenAsync(
        OperatorSessionRequest body,
        HttpContext context,
        OriginPolicy origins,
        SignInServices services
    )
    {
        if (!origins.AllowsOperator(context.Request))
            return Problems.Problem(ErrorCode.Forbidden, "Only this service's own pages may sign operators in.");
        context.Response.Headers.CacheControl = "no-store";
        if (body is { Email: null, IdToken: null })
            return await ContinueAsync(context, services);

        if (body.Email is { Length: > OperatorStore.EmailLength })
            return Problems.Problem(Refusal.Of("email", FieldFault.Malformed));
        if (body.Email is not null && body.Password is null)
            return Problems.Problem(Refusal.Of("password", FieldFault.Required, "A sign-in needs email and password, or idToken."));
        if (body.Email is not null && !services.Options.Value.PasswordSignIn)
            return Problems.Problem(ErrorCode.Forbidden, "Operators sign in with the identity provider here.");
        if (body.Email is not null && !services.Limits.TryPassword(body.Email, out var retryAfter))
            return Problems.Problem(ErrorCode.RateLimited, retryAfter: retryAfter);

        var signIn = body.Email is null
            ? await services.Oidc.TryAsync(body.IdToken!, body.Nonce, context.RequestAborted)
            : await services.Password.TryAsync(body.Email, body.Password!, body.NewPassword, context.RequestAborted);
        if (signIn.IsUnavailable)
            return Problems.Problem(ErrorCode.Unavailable);
        if (signIn.Fault is not null)
            return Problems.Problem(Refusal.Of("newPassword", FieldFault.Malformed, signIn.Fault));
        if (signIn.Account is null)
            return Problems.Problem(
                ErrorCode.Unauthenticated,
                "The sign-in failed. After several failures an account is locked for a while."
            );
        return await AnswerAsync(context, services, services.Sessions.Open(signIn));
    }

    private static async Task<IResult> ContinueAsync(HttpContext context, SignInServices services)
    {
        if (await services.Sessions.ContinueAsync(context.Request.Cookies[Cookie], context.RequestAborted) is { } session)
            return await AnswerAsync(context, services, session);
        context.Response.Cookies.Delete(Cookie, CookieFor(context, null));
        return Problems.Problem(ErrorCode.Unauthenticated);
    }

    private static async Task<IResult> AnswerAsync(HttpContext context, SignInServices services, OpenedOperatorSession opened)
    {
        if (opened.RefreshToken is null)
            return Results.Ok(opened.Session);
        context.Response.Cookies.Append(Cookie, opened.RefreshToken, CookieFor(context, services.Options.Value.OperatorSessionLife));
        // So that the token works at once, at least on this node, for an account that was added or changed a moment ago.
        if (services.Directory.FindOperator(opened.Profile.Id) != opened.Profile)
            await services.Directory.RefreshAsync(CancellationToken.None);
        return Results.Ok(opened.Session);
    }

    private static async Task<IResult> EndAsync(HttpContext context, OriginPolicy origins, OperatorSessions sessions)
    {
        if (!origins.AllowsOperator(context.Request))
            return Problems.Problem(ErrorCode.Forbidden);
        await sessions.EndAsync(context.Request.Cookies[Cookie], CancellationToken.None);
        context.Response.Cookies.Delete(Cookie, CookieFor(context, null));
        return Results.NoContent();
    }

    /// <summary>
    /// A proxy that is not trusted may have ended TLS: then the page's own origin, or the proxy's word, says so. Believing a false one costs the liar a
    /// cookie.
    /// </summary>
    private static bool IsOverTls(HttpRequest request) =>
        request.IsHttps
        || request.Headers.Origin.ToString().StartsWith("https://", StringComparison.OrdinalIgnoreCase)
        || request.Headers["X-Forwarded-Proto"].ToString().Equals("https", StringComparison.OrdinalIgnoreCase);

    private static CookieOptions CookieFor(HttpContext context, TimeSpan? life) =>
        new()
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            Secure = IsOverTls(context.Request),
            Path = Path,
            MaxAge = life,
            IsEssential = true,
        };
}

/// <summary>What a sign-in needs, as one dependency.</summary>
internal sealed record SignInServices(
    PasswordSignIn Password,
    OidcSignIn Oidc,
    OperatorSessions Sessions,
    SessionLimits Limits,
    InboxDirectory Directory,
    IOptions<IdentityOptions> Options
);
