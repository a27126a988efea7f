using System.Globalization;
using Chat.Contracts;
using Chat.Server.Observability;
using Microsoft.AspNetCore.Mvc;

namespace Chat.Server.Hosting;

/// <summary>Refusals of REST: RFC 9457 problem details whose <c>code</c> is the one that hubs throw.</summary>
internal static class Problems
{
    /// <summary>Of a body as a whole.</summary>
    public static readonly Refusal BodyTooLong = Refusal.Of("body", FieldFault.TooLong, "The body has more bytes than the limits allow.");

    public static IResult Problem(ErrorCode code, string? detail = null, TimeSpan? retryAfter = null, FieldError? field = null)
    {
        ChatMetrics.Refused.Add(1, new KeyValuePair<string, object?>("code", code.Code));
        var details = Describe(code, code.HttpStatus);
        details.Detail = detail;
        if (field is not null)
            details.Extensions["errors"] = (FieldError[])[field];
        if (retryAfter is null)
            return Results.Problem(details);
        details.Extensions["retryAfterMs"] = (long)Math.Ceiling(retryAfter.Value.TotalMilliseconds);
        return new Delayed(Results.Problem(details), retryAfter.Value);
    }

    public static IResult Problem(Refusal refusal) => Problem(refusal.Code, refusal.Detail, refusal.RetryAfter, refusal.Field);

    /// <summary>Not stored, because of what the caller had not seen.</summary>
    public static IResult StaleView(IReadOnlyList<ChatEvent> missing)
    {
        var details = Describe(ErrorCode.StaleView, ErrorCode.StaleView.HttpStatus);
        details.Extensions["missing"] = missing;
        return Results.Problem(details);
    }

    /// <summary>Gives every refusal of the framework itself (no such route, wrong method, body too large …) and every exception the same form.</summary>
    public static IApplicationBuilder UseProblems(this IApplicationBuilder app) =>
        app.UseExceptionHandler().UseStatusCodePages(pages => DescribeAsync(pages.HttpContext));

    /// <summary>Gives an answer that is only a status its form.</summary>
    public static Task DescribeAsync(HttpContext context)
    {
        var status = context.Response.StatusCode;
        if (status == StatusCodes.Status413PayloadTooLarge)
            return Problem(BodyTooLong).ExecuteAsync(context);
        var fallback = status < StatusCodes.Status500InternalServerError ? ErrorCode.Invalid : ErrorCode.Internal;
        var code = ErrorCode.All.FirstOrDefault(code => code.HttpStatus == status) ?? fallback;
        var details = Describe(code, status);
        details.Detail = status switch
        {
            StatusCodes.Status405MethodNotAllowed => $"{context.Request.Method} is none of the methods of this address; Allow names them.",
            StatusCodes.Status415UnsupportedMediaType => "The body is to be application/json.",
            _ => null,
        };
        return Results.Problem(details).ExecuteAsync(context);
    }

    private static ProblemDetails Describe(ErrorCode code, int status) =>
        new()
        {
            Title = code.Meaning,
            Status = status,
            Extensions = { ["code"] = code.Code },
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
