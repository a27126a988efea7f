using System.Security.Claims;
using Chat.Contracts;
using Chat.Server.Hosting;
using Chat.Server.Identity;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.Features;

namespace Chat.Server.Hubs;

/// <summary>
/// The way in for sockets. Everything that looks at their requests has ended before a socket's life begins: in one pipeline with it, middleware, tokens,
/// claims and services of the request would stay in memory as long as the socket, some 10 KB for each.
/// </summary>
internal sealed class SocketEntrance(Admission admission, IServiceProvider services, RequestDelegate checks)
{
    private static readonly ClaimsPrincipal Known = new(new ClaimsIdentity("Known"));

    public async Task RunAsync(HttpContext context)
    {
        if (!await admission.EnterAsync(context))
            return;
        try
        {
            await CheckAsync(context);
            if (context.Features.Get<Caller>() is null || context.GetEndpoint()?.RequestDelegate is not { } socket)
                return;
            Forget(context);
            // As long as the socket lives.
            await socket(context);
            if (!context.Response.HasStarted && context.Response.StatusCode >= StatusCodes.Status400BadRequest)
                await Problems.DescribeAsync(context);
        }
        finally
        {
            admission.Leave();
        }
    }

    /// <summary>The end of the checks: who comes this far may in.</summary>
    public static Task PassAsync(HttpContext context)
    {
        if (context.GetEndpoint() is null)
            return Problems.Problem(ErrorCode.NotFound).ExecuteAsync(context);
        context.Features.Set(
            Caller.From(context.User) ?? throw new InvalidOperationException("A socket without a caller passed authorisation.")
        );
        return Task.CompletedTask;
    }

    private async Task CheckAsync(HttpContext context)
    {
        await using var scope = services.CreateAsyncScope();
        context.RequestServices = scope.ServiceProvider;
        await checks(context);
        context.RequestServices = services;
    }

    /// <summary>Only the <see cref="Caller"/> is kept.</summary>
    private static void Forget(HttpContext context)
    {
        context.Features.Set<IAuthenticateResultFeature>(null);
        context.Features.Set<IItemsFeature>(null);
        context.Features.Set<IQueryFeature>(null);
        // Reading and writing makes the context notice that features have gone.
        context.User = Known;
        context.Request.QueryString = default;
        RequestTarget.Forget(context);
    }
}
