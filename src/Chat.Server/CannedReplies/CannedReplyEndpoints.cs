using Chat.Contracts;
using Chat.Server.Api;
using Chat.Server.Hosting;
using Chat.Server.Identity;

namespace Chat.Server.CannedReplies;

/// <summary><c>/api/v1/canned-replies</c>.</summary>
internal static class CannedReplyEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/canned-replies")
            .RequireAuthorization(Policies.Operator)
            .Refuses(ErrorCode.Forbidden)
            .WithTags("Canned replies");
        group
            .MapGet(
                "",
                async (HttpContext context, CannedReplyService replies) =>
                    ApiResult.Polled(await replies.ListAsync(context.Caller(), context.RequestAborted))
            )
            .Produces<CannedReplyList>()
            .Polled()
            .Describe("ListCannedReplies", "The operator's own canned replies and the shared ones of their inboxes.");
        group
            .MapGet("/{id:guid}", FindAsync)
            .Produces<CannedReply>()
            .Refuses(ErrorCode.NotFound)
            .Describe("GetCannedReply", "One of them.");
        group
            .MapPost("", AddAsync)
            .WithMetadata(new ApiCalls.Change())
            .Creates<CannedReply>()
            .Refuses(ErrorCode.Invalid, ErrorCode.TooLarge, ErrorCode.NotFound, ErrorCode.Conflict)
            .Describe("AddCannedReply", "Adds a canned reply; shared ones need a supervisor.", "conflict: the shortcut is taken.");
        group
            .MapPut("/{id:guid}", ReplaceAsync)
            .WithMetadata(new ApiCalls.Change())
            .Produces<CannedReply>()
            .Refuses(ErrorCode.Invalid, ErrorCode.TooLarge, ErrorCode.NotFound, ErrorCode.Conflict)
            .Describe("ReplaceCannedReply", "Gives a canned reply this content.", "Whether it is shared does not change (invalid).");
        group
            .MapDelete("/{id:guid}", RemoveAsync)
            .WithMetadata(new ApiCalls.Change())
            .Produces(StatusCodes.Status204NoContent)
            .Refuses(ErrorCode.NotFound)
            .Describe("RemoveCannedReply", "Removes a canned reply.");
    }

    private static async Task<IResult> FindAsync(Guid id, HttpContext context, CannedReplyService replies) =>
        (await replies.ListAsync(context.Caller(), context.RequestAborted)).Replies.FirstOrDefault(reply => reply.Id.Value == id)
            is { } found
            ? ApiResult.Ok(found)
            : Problems.Problem(ErrorCode.NotFound);

    private static async Task<IResult> AddAsync(CannedReplyDraft body, HttpContext context, CannedReplyService replies)
    {
        var added = await replies.AddAsync(context.Caller(), body);
        return added.IsRefused ? ApiResult.Of(added) : ApiResult.Created($"canned-replies/{added.Value.Id}", added.Value);
    }

    private static async Task<IResult> ReplaceAsync(Guid id, CannedReplyDraft body, HttpContext context, CannedReplyService replies) =>
        ApiResult.Of(await replies.ReplaceAsync(context.Caller(), new CannedReplyId(id), body));

    private static async Task<IResult> RemoveAsync(Guid id, HttpContext context, CannedReplyService replies) =>
        ApiResult.Of(await replies.RemoveAsync(context.Caller(), new CannedReplyId(id)));
}
