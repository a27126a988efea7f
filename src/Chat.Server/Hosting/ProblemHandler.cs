using Chat.Contracts;
using Chat.Server.Storage;
using Microsoft.AspNetCore.Diagnostics;

namespace Chat.Server.Hosting;

/// <summary>The one translation of REST's failures: no exception text ever leaves.</summary>
internal sealed partial class ProblemHandler(OutageLog outages, ILogger<ProblemHandler> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var code = exception switch
        {
            BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => ErrorCode.TooLarge,
            // Too slow a network, and not a bad request.
            BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout } => ErrorCode.Unavailable,
            BadHttpRequestException => ErrorCode.Invalid,
            RefusedException refused => refused.Code,
            StoreUnavailableException or TimeoutException => ErrorCode.Unavailable,
            OperationCanceledException when httpContext.RequestAborted.IsCancellationRequested => ErrorCode.Unavailable,
            _ => ErrorCode.Internal,
        };
        if (code == ErrorCode.Internal)
            LogFailed(exception, httpContext.Request.Path);
        outages.Report(exception);
        await Answer(exception, code).ExecuteAsync(httpContext);
        return true;
    }

    private static IResult Answer(Exception exception, ErrorCode code) =>
        exception switch
        {
            BadHttpRequestException failure when code == ErrorCode.Invalid => Problems.Problem(BadRequests.Describe(failure)),
            BadHttpRequestException when code == ErrorCode.TooLarge => Problems.Problem(Problems.BodyTooLong),
            RefusedException { Field: { } field } => Problems.Problem(Refusal.Of(field.Field, FieldFault.Find(field.Reason)!)),
            _ => Problems.Problem(code),
        };

    [LoggerMessage(Level = LogLevel.Error, Message = "Request to {Path} failed")]
    private partial void LogFailed(Exception exception, string path);
}
