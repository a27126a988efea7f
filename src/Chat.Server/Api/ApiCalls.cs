using Chat.Contracts;
using Chat.Server.Hosting;
using Chat.Server.Hubs;
using Chat.Server.Identity;
using Chat.Server.Networks;

namespace Chat.Server.Api;

/// <summary>Around every REST call of a caller: the rates that their sockets have, too, and how many may be under way at once.</summary>
internal sealed class ApiCalls(UserBudgets users) : IEndpointFilter
{
    /// <summary>Some answer of the caller's will have been taken.</summary>
    private static readonly TimeSpan RetryWhenBusy = TimeSpan.FromSeconds(1);

    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var caller = context.HttpContext.Caller();
        var isChange = context.HttpContext.GetEndpoint()?.Metadata.GetMetadata<Change>() is not null;
        var mayCall = isChange ? users.TakeChange(caller, out var retryAfter) : users.TakeCall(caller, out retryAfter);
        if (!mayCall)
            return new(Problems.Problem(ErrorCode.RateLimited, retryAfter: retryAfter));
        if (users.TryBegin(caller, isWait: context.HttpContext.Request.Query.ContainsKey("waitMs")) is not { } call)
            return new(Problems.Problem(ErrorCode.RateLimited, retryAfter: RetryWhenBusy));
        context.HttpContext.Response.RegisterForDispose(call);
        return next(context);
    }

    /// <summary>Marks a route that stores something.</summary>
    internal sealed record Change;
}

internal static class CallerOfRequest
{
    /// <summary>Who calls; only behind authorisation.</summary>
    public static Caller Caller(this HttpContext context) =>
        Identity.Caller.From(context)?.At(context) ?? throw new InvalidOperationException("A call without a caller passed authorisation.");

    /// <summary>A read: ends when the client goes.</summary>
    public static Call Call(this HttpContext context) => context.Call(context.RequestAborted);

    /// <summary>A call with an end of its own, as changes have.</summary>
    public static Call Call(this HttpContext context, CancellationToken cancellation) => new(context.Caller(), null, cancellation);
}
