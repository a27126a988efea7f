using Chat.Contracts;
using Chat.Server.Storage;
using Microsoft.AspNetCore.Diagnostics;

namespace Chat.Server.Hosting;

/// <summary>Turns what REST handlers throw into problem details, in one place. No exception text reaches a client.</summary>
internal sealed class ProblemHandler : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var code = exception switch
        {
            BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => ErrorCode.TooLarge,
            BadHttpRequestException => ErrorCode.Invalid,
            StoreUnavailableException => ErrorCode.Unavailable,
            _ => ErrorCode.Internal,
        };
        await Problems.Problem(code).ExecuteAsync(httpContext);
        return true;
    }
}
