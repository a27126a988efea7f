using System.Reflection;
using Chat.Contracts;
using Chat.Server.Delivery;
using Chat.Server.Hosting;
using Chat.Server.Observability;
using Chat.Server.Storage;
using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Hubs;

/// <summary>Around every hub call: rates, missing arguments, and the one translation of failures into codes.</summary>
internal sealed partial class HubCallFilter(UserBudgets users, OutageLog outages, ILogger<HubCallFilter> logger) : IHubFilter
{
    /// <summary>Methods that store something.</summary>
    private static readonly HashSet<string> Changes = new(StringComparer.Ordinal)
    {
        nameof(IChatHub.Send),
        nameof(IChatHub.Edit),
        nameof(IChatHub.Delete),
        nameof(IVisitorHub.OpenConversation),
        nameof(IVisitorHub.Rate),
        nameof(IVisitorHub.Close),
        nameof(IVisitorHub.RegisterDevice),
        nameof(IOperatorHub.Claim),
        nameof(IOperatorHub.Assign),
        nameof(IOperatorHub.Transfer),
        nameof(IOperatorHub.Note),
        nameof(IOperatorHub.SetStatus),
        nameof(IOperatorHub.Tag),
        nameof(IOperatorHub.SetAvailability),
    };

    /// <summary>Methods that read many conversations at once.</summary>
    private static readonly HashSet<string> Reads = new(StringComparer.Ordinal) { nameof(IChatHub.Hello), nameof(IChatHub.Sync) };

    public async ValueTask<object?> InvokeMethodAsync(
        HubInvocationContext invocationContext,
        Func<HubInvocationContext, ValueTask<object?>> next
    )
    {
        try
        {
            if (!TakeBudget(invocationContext))
                throw new RefusedException(ErrorCode.RateLimited);
            var arguments = invocationContext.HubMethodArguments;
            for (var i = 0; i < arguments.Count; i++)
            {
                if (arguments[i] is null)
                    throw new RefusedException(ErrorCode.Invalid, new FieldError(HubRefusal.Body, FieldFault.Required.Code));
            }
            return await next(invocationContext);
        }
        catch (Exception e)
        {
            var code = Code(e);
            // A refusal has been logged where it was made.
            if (code == ErrorCode.Internal && e is not RefusedException)
                LogFailed(e, invocationContext.HubMethodName);
            outages.Report(e);
            ChatMetrics.Refused.Add(1, new KeyValuePair<string, object?>("code", code.Code));
            throw new HubException(HubRefusal.Text(code, Field(e)), e);
        }
    }

    private bool TakeBudget(HubInvocationContext context)
    {
        var connection = context.Context.Features.Get<ClientConnection>()!;
        if (Changes.Contains(context.HubMethodName))
            return connection.Budget.TakeChange() && users.TakeChange(connection.Caller);
        return connection.Budget.TakeCall() && (!Reads.Contains(context.HubMethodName) || users.TakeCall(connection.Caller));
    }

    private static ErrorCode Code(Exception e) =>
        e switch
        {
            RefusedException refused => refused.Code,
            TargetInvocationException { InnerException: { } inner } => Code(inner),
            StoreUnavailableException or TimeoutException or OperationCanceledException => ErrorCode.Unavailable,
            _ => ErrorCode.Internal,
        };

    private static FieldError? Field(Exception e) => (e as RefusedException ?? e.InnerException as RefusedException)?.Field;

    [LoggerMessage(Level = LogLevel.Error, Message = "Hub method {Method} failed")]
    private partial void LogFailed(Exception exception, string method);
}
