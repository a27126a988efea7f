using Chat.Contracts;
using Chat.Server.Storage;
using Microsoft.AspNetCore.Diagnostics;

namespace Chat.Server.Hosting;

/// <summary>The one translation of REST's failures: no exception text ever leaves.</summary>
internal sealed partial class ProblemHandler(ILogger<ProblemHandler> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var code = exception switch
        {
            BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => ErrorCode.TooLarge,
            BadHttpRequestException => ErrorCode.Invalid,
            RefusedException refused => refused.Code,
            StoreUnavailableException or TimeoutException => ErrorCode.Unavailable,
            OperationCanceledException when httpContext.RequestAborted.IsCancellationRequested => ErrorCode.Unavailable,
            _ => ErrorCode.Internal,
        };
        if (code == ErrorCode.Internal)
            LogFailed(exception, httpContext.Request.Path);
        await Problems.Problem(code).ExecuteAsync(httpContext);
        return true;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Request to {Path} failed")]
    private partial void LogFailed(Exception exception, string path);
}
