using Chat.Contracts;
using Chat.Server.Api;
using Chat.Server.Hosting;
using Chat.Server.Identity;

namespace Chat.Server.Operators;

/// <summary>Colleagues with their load, and one's own availability.</summary>
internal static class OperatorEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("").RequireAuthorization(Policies.Operator).Refuses(ErrorCode.Forbidden).WithTags("Operators");
        group
            .MapGet("/operators", ListAsync)
            .Produces<OperatorStateList>()
            .Polled()
            .Describe("ListOperators", "Those who share an inbox with the operator, and the operator too, with their load.");
        group
            .MapGet("/me/availability", FindAsync)
            .Produces<OwnAvailability>()
            .Polled()
            .Refuses(ErrorCode.NotFound)
            .Describe("GetAvailability", "Whether the operator takes conversations, and how many.");
        group
            .MapPut("/me/availability", SetAsync)
            .WithMetadata(new ApiCalls.Change())
            .Produces(StatusCodes.Status204NoContent)
            .Refuses(ErrorCode.Invalid, ErrorCode.TooLarge)
            .Describe("SetAvailability", "Says whether the operator takes conversations.");
    }

    private static async Task<IResult> ListAsync(HttpContext context, OperatorStates states) =>
        ApiResult.Polled(await states.ListAsync(context.Caller(), context.RequestAborted));

    private static async Task<IResult> FindAsync(HttpContext context, OperatorStates states) =>
        await states.FindAsync(context.Caller().OperatorId, context.RequestAborted) is { } own
            ? ApiResult.Polled(own)
            : Problems.Problem(ErrorCode.NotFound);

    private static async Task<IResult> SetAsync(SetAvailability body, HttpContext context, OwnAvailabilities availabilities) =>
        ApiResult.Of(await availabilities.SetAsync(context.Caller(), body, CancellationToken.None));
}
