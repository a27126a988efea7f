using Chat.Contracts;
using Chat.Server.Hosting;
using Chat.Server.Inboxes;
using Chat.Server.Storage;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace Chat.Server.Identity;

/// <summary>Our access tokens as ASP.NET Core's bearer scheme.</summary>
internal sealed class CallerAuthentication(
    AccessTokens tokens,
    CallerAccess access,
    InboxDirectory directory,
    IOptions<IdentityOptions> identity,
    TimeProvider time
) : TokenHandler, IConfigureNamedOptions<JwtBearerOptions>
{
    public const string HubPath = "/hubs";

    /// <summary>The one parameter that hubs take in their address.</summary>
    public const string QueryToken = "access_token";

    // A token that was good a second ago and names somebody unknown: he is new, or was changed on another node.
    private static readonly TimeSpan FreshEnough = TimeSpan.FromSeconds(1);

    // A token so young may know more than a directory read a moment ago. More than the clocks of nodes differ.
    private static readonly TimeSpan Young = TimeSpan.FromSeconds(5);

    public void Configure(string? name, JwtBearerOptions options)
    {
        if (name != JwtBearerDefaults.AuthenticationScheme)
            return;
        options.MapInboundClaims = false;
        options.SaveToken = false;
        options.IncludeErrorDetails = false;
        options.TokenHandlers.Clear();
        options.TokenHandlers.Add(this);
        options.Events = new JwtBearerEvents
        {
            OnMessageReceived = TakeTokenFromQuery,
            OnTokenValidated = RefuseLostAccessAsync,
            OnChallenge = AnswerUnauthenticatedAsync,
            OnForbidden = context => Problems.Problem(ErrorCode.Forbidden).ExecuteAsync(context.HttpContext),
        };
    }

    public void Configure(JwtBearerOptions options) => Configure(JwtBearerDefaults.AuthenticationScheme, options);

    public override Task<TokenValidationResult> ValidateTokenAsync(string token, TokenValidationParameters validationParameters) =>
        tokens.ValidateAsync(token, CancellationToken.None);

    // Browsers cannot set headers of a WebSocket. Anywhere else a token in an address would end up in somebody's log.
    private static Task TakeTokenFromQuery(MessageReceivedContext context)
    {
        if (
            context.HttpContext.Request.Path.StartsWithSegments(HubPath, StringComparison.OrdinalIgnoreCase)
            && context.Request.Query.TryGetValue(QueryToken, out var token)
        )
            context.Token = token;
        return Task.CompletedTask;
    }

    private async Task RefuseLostAccessAsync(TokenValidatedContext context)
    {
        var caller = Caller.From(context.Principal);
        try
        {
            if (caller is not null && !access.HasEnded(caller) && IsLost(caller))
                await directory.RefreshIfOlderAsync(IsYoung(caller) ? TimeSpan.Zero : FreshEnough, context.HttpContext.RequestAborted);
            if (caller is null || IsLost(caller))
                context.Fail("The account, its session or the inbox is gone or has changed.");
        }
        catch (StoreUnavailableException e)
        {
            context.Fail(e);
        }
    }

    // Who is blocked is told so, by the middleware behind this.
    private bool IsLost(Caller caller) => access.WhyLost(caller) is { } reason && reason != DisconnectReason.Blocked;

    private bool IsYoung(Caller caller) => caller.ExpiresAt - time.GetUtcNow() > identity.Value.AccessTokenLife - Young;

    private static Task AnswerUnauthenticatedAsync(JwtBearerChallengeContext context)
    {
        context.HandleResponse();
        // Whether the token is still good is not known: its bearer keeps it and tries again.
        if (context.AuthenticateFailure is StoreUnavailableException)
            return Problems.Problem(ErrorCode.Unavailable).ExecuteAsync(context.HttpContext);
        context.Response.Headers.WWWAuthenticate = JwtBearerDefaults.AuthenticationScheme;
        return Problems.Problem(ErrorCode.Unauthenticated).ExecuteAsync(context.HttpContext);
    }
}
