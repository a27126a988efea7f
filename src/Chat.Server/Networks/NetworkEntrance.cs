using Chat.Contracts;
using Chat.Server.Hosting;
using Chat.Server.Identity;
using Chat.Server.Observability;
using Chat.Server.Sockets;
using Chat.Server.Storage;

namespace Chat.Server.Networks;

/// <summary>Counts the sockets of anonymous visitors by network, from their handshake to their end. Behind authentication, since others do not count.</summary>
internal sealed class NetworkEntrance(NetworkBudgets budgets, IEventLog log, RequestDelegate next)
{
    public async Task RunAsync(HttpContext context)
    {
        if (Caller.From(context.User)?.At(context) is not { Network: { } network } caller)
        {
            await next(context);
            return;
        }
        if (!budgets.TryEnter(network, out var retryAfter))
        {
            if (!await HasConversationAsync(caller.VisitorId, context.RequestAborted))
            {
                NetworkBudgets.Refused(NetworkBudget.Sockets);
                ChatMetrics.ConnectsRefused.Add(1, new KeyValuePair<string, object?>("reason", "network"));
                await Problems.Problem(ErrorCode.RateLimited, retryAfter: retryAfter).ExecuteAsync(context);
                return;
            }
            budgets.Enter(network);
        }
        try
        {
            await next(context);
        }
        finally
        {
            if (context.Features.Get<Takeover>() is { Taken: not null } takeover)
                takeover.Finally(() => budgets.Leave(network));
            else
                budgets.Leave(network);
        }
    }

    /// <summary>Asked beyond the budget only; many at once are one read. Whoever cannot be looked up is let in: they may be in the middle of one.</summary>
    private async Task<bool> HasConversationAsync(VisitorId visitor, CancellationToken cancellation)
    {
        try
        {
            return (await log.FindOwnedAsync(visitor, 1, cancellation)).Count > 0;
        }
        catch (StoreUnavailableException)
        {
            return true;
        }
    }
}
