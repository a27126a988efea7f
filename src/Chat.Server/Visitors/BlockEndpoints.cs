using Chat.Contracts;
using Chat.Server.Api;
using Chat.Server.Bus;
using Chat.Server.Delivery;
using Chat.Server.Hosting;
using Chat.Server.Identity;
using Chat.Server.Inboxes;
using Chat.Server.Messages;

namespace Chat.Server.Visitors;

/// <summary><c>/api/v1/visitors/{id}/block</c>.</summary>
internal static class BlockEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/visitors/{id:guid}/block")
            .RequireAuthorization(Policies.Operator)
            .WithMetadata(new ApiCalls.Change())
            .Refuses(ErrorCode.Forbidden, ErrorCode.NotFound)
            .WithTags("Visitors");
        group
            .MapPut("", BlockAsync)
            .Produces(StatusCodes.Status204NoContent)
            .Refuses(ErrorCode.Invalid, ErrorCode.TooLarge)
            .Describe("BlockVisitor", "Keeps a visitor out: their sockets are closed, their sessions and calls refused.");
        group
            .MapDelete("", UnblockAsync)
            .Produces(StatusCodes.Status204NoContent)
            .Describe("UnblockVisitor", "Lets a blocked visitor in again.");
    }

    private static async Task<IResult> BlockAsync(Guid id, BlockVisitor body, HttpContext context, VisitorBlocking blocking)
    {
        var reason = TextRules.Reason(body.Reason);
        if (reason.At("reason") is { } refusal)
            return Problems.Problem(refusal);
        return ApiResult.Of(await blocking.BlockAsync(context.Caller(), new VisitorId(id), reason.Value));
    }

    private static async Task<IResult> UnblockAsync(Guid id, HttpContext context, VisitorBlocking blocking) =>
        ApiResult.Of(await blocking.UnblockAsync(context.Caller(), new VisitorId(id)));
}

/// <summary>Blocks for members of the visitor's inbox; it counts here before the answer, and elsewhere as soon as the bus has said so.</summary>
internal sealed class VisitorBlocking(
    VisitorStore visitors,
    BlockStore store,
    VisitorBlocks blocks,
    VisitorEvents events,
    IInboxDirectory directory,
    Publisher publisher
)
{
    public async Task<Outcome<Done>> BlockAsync(Caller caller, VisitorId id, string? reason)
    {
        if (!await MayAsync(caller, id))
            return ErrorCode.NotFound;
        await store.BlockAsync(id, caller.OperatorId, reason, CancellationToken.None);
        await AnnounceAsync(caller, id);
        return default(Done);
    }

    public async Task<Outcome<Done>> UnblockAsync(Caller caller, VisitorId id)
    {
        if (!await MayAsync(caller, id))
            return ErrorCode.NotFound;
        await store.UnblockAsync(id, CancellationToken.None);
        await AnnounceAsync(caller, id);
        return default(Done);
    }

    private async Task<bool> MayAsync(Caller caller, VisitorId id) =>
        await visitors.FindAsync(id, CancellationToken.None) is { } visitor
        && directory.InboxesOf(caller.OperatorId).Contains(visitor.InboxId);

    private async Task AnnounceAsync(Caller caller, VisitorId id)
    {
        var wasBlocked = blocks.IsBlocked(id);
        await blocks.RefreshAsync(CancellationToken.None);
        publisher.Publish(EnvelopeItem.Directory, shard: 0);
        if (blocks.IsBlocked(id) != wasBlocked)
            events.Blocked(id, directory.ActorOf(caller), !wasBlocked);
    }
}
