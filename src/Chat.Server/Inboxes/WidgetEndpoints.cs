using Chat.Contracts;
using Chat.Server.Api;
using Chat.Server.Hosting;
using Chat.Server.Networks;
using Chat.Server.Operators;

namespace Chat.Server.Inboxes;

/// <summary><c>/api/v1/widget/{key}</c>: what a page shows before anybody is known.</summary>
internal static class WidgetEndpoints
{
    // The key of a fresh inbox works within a second; keys are invented too.
    private static readonly TimeSpan FreshEnough = TimeSpan.FromSeconds(1);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(ApiFeature.Path + "/v1/widget/{key}", ReadAsync)
            .WithTags("Inboxes")
            .RefuseUnknownParameters()
            .Produces<WidgetSettings>()
            .Polled()
            .Refuses(ErrorCode.Invalid, ErrorCode.NotFound, ErrorCode.RateLimited, ErrorCode.Unavailable, ErrorCode.Internal)
            .Describe("GetWidget", "How an inbox's widget looks and whether somebody is there, for anybody who has its key.");

    private static async Task<IResult> ReadAsync(
        string key,
        HttpContext context,
        InboxDirectory directory,
        OperatorStates operators,
        NetworkBudgets networks,
        TimeProvider time
    )
    {
        if (context.Network() is { } network && !networks.TryTake(NetworkBudget.Widgets, network, 1, out var retryAfter))
        {
            NetworkBudgets.Refused(NetworkBudget.Widgets);
            return Problems.Problem(ErrorCode.RateLimited, retryAfter: retryAfter);
        }
        if (directory.FindByKey(key) is null)
            await directory.RefreshIfOlderAsync(FreshEnough, context.RequestAborted);
        if (directory.FindByKey(key) is not { } inbox)
            return Problems.Problem(ErrorCode.NotFound, "There is no inbox with this key.");
        // Nobody's own: a browser keeps it, and asks with its tag whether it is still so.
        context.Response.Headers.CacheControl = AnswerHeaders.AskAgain;
        var setup = inbox.Setup;
        return ApiResult.Polled(
            new WidgetSettings(
                inbox.Key,
                inbox.Name,
                setup.Appearance,
                await operators.IsSomebodyThereAsync(inbox.Id, context.RequestAborted),
                setup.QueuePosition,
                setup.Form,
                setup.Hours is { } hours ? OpeningHours.StateAt(hours, time.GetUtcNow()) : null,
                setup.OfflineText
            )
        );
    }
}
