using System.Globalization;
using Chat.Contracts;
using Microsoft.AspNetCore.Mvc;

namespace Chat.Server.Hosting;

/// <summary>Refusals of REST: RFC 9457 problem details whose <c>code</c> is the one that hubs throw.</summary>
internal static class Problems
{
    /// <summary>Problem details where the framework refuses with a bare status: unknown routes, other methods and types, bodies that are too large.</summary>
    public static void UseProblems(this WebApplication app) =>
        app.UseStatusCodePages(context => Problem(CodeOf(context.HttpContext.Response.StatusCode)).ExecuteAsync(context.HttpContext));

    public static IResult Problem(ErrorCode code, string? detail = null, TimeSpan? retryAfter = null)
    {
        var details = new ProblemDetails
        {
            Title = code.Meaning,
            Detail = detail,
            Status = code.HttpStatus,
            Extensions = { ["code"] = code.Code },
        };
        if (retryAfter is null)
            return Results.Problem(details);
        details.Extensions["retryAfterMs"] = (long)Math.Ceiling(retryAfter.Value.TotalMilliseconds);
        return new Delayed(Results.Problem(details), retryAfter.Value);
    }

    private static ErrorCode CodeOf(int status) =>
        status switch
        {
            StatusCodes.Status404NotFound => ErrorCode.NotFound,
            StatusCodes.Status413PayloadTooLarge => ErrorCode.TooLarge,
            >= 500 => ErrorCode.Internal,
            _ => ErrorCode.Invalid,
        };

    /// <summary>Adds the header that proxies and libraries know. Whole seconds, rounded up: earlier would be refused again.</summary>
    private sealed class Delayed(IResult problem, TimeSpan retryAfter) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.Headers.RetryAfter = Math.Ceiling(retryAfter.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            return problem.ExecuteAsync(httpContext);
        }
    }
}
