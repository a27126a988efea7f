using Chat.Contracts;
using Chat.Server.Hosting;
using Chat.Server.Identity;

namespace Chat.Server.Visitors;

/// <summary>A token outlives a block by minutes: whoever is blocked calls nothing with it, by REST or socket.</summary>
internal sealed class BlockMiddleware(RequestDelegate next, VisitorBlocks blocks)
{
    /// <summary>The refusal's detail.</summary>
    public const string Detail = "blocked";

    public Task InvokeAsync(HttpContext context) =>
        Caller.From(context.User) is { IsOperator: false } caller && blocks.IsBlocked(caller.VisitorId)
            ? Problems.Problem(ErrorCode.Forbidden, Detail).ExecuteAsync(context)
            : next(context);
}
