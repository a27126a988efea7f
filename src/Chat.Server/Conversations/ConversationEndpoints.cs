using System.ComponentModel;
using Chat.Contracts;
using Chat.Server.Api;
using Chat.Server.Hosting;
using Chat.Server.Identity;

namespace Chat.Server.Conversations;

/// <summary>Lists, pages and events of conversations over REST, and a new one.</summary>
internal static class ConversationEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("").WithTags("Conversations");
        group
            .MapGet("/me", (HttpContext context, ConversationReader reader) => ApiResult.Ok(reader.WhoIs(context.Caller())))
            .Produces<Me>()
            .Describe("GetMe", "Who the server takes the caller for.");
        group
            .MapGet("/conversations", ListAsync)
            .Produces<ConversationList>()
            .Polled()
            .Refuses(ErrorCode.Invalid, ErrorCode.NotFound)
            .Describe(
                "ListConversations",
                "A page of conversations.",
                "Visitors get their own and may filter by status; operators get those of their inboxes. Of what is not closed the first of each visitor comes "
                    + "before the second of any; of what is closed the last closed first; otherwise, and with visitor, the last opened first."
            );
        group
            .MapPost("/conversations", OpenAsync)
            .RequireAuthorization(Policies.Visitor)
            .WithMetadata(new ApiCalls.Change())
            .Produces<OpenResult>()
            .Refuses(ErrorCode.Invalid, ErrorCode.TooLarge, ErrorCode.Forbidden, ErrorCode.Conflict)
            .Describe(
                "OpenConversation",
                "A visitor starts a conversation.",
                "Idempotent by clientId. conflict: the visitor has too many that are not closed."
            );
        group
            .MapGet("/conversations/{id:guid}", ReadAsync)
            .Produces<ConversationPage>()
            .Refuses(ErrorCode.Invalid, ErrorCode.NotFound)
            .Describe(
                "GetConversation",
                "The conversation and the part of its log that the client lacks.",
                "Without epoch and seq: the newest events."
            );
        group
            .MapGet("/conversations/{id:guid}/events", EventsAsync)
            .Produces<HistoryResult>()
            .Refuses(ErrorCode.Invalid, ErrorCode.NotFound, ErrorCode.Draining)
            .Describe(
                "ListEvents",
                "A page of the log; with waitMs the next events, as soon as there are some.",
                "With before the newest smaller ones, with after the oldest greater ones, with neither the newest. waitMs needs after: "
                    + "the answer comes at once when there is something or when the epoch is not the one given, and empty when the time is over."
            );
        group
            .MapPost("/sync", SyncAsync)
            .Produces<SyncResult>()
            .Refuses(ErrorCode.Invalid, ErrorCode.TooLarge)
            .Describe("Sync", "What came after the cursors.", "Conversations that the caller may not see are left out.");
    }

    private static async Task<IResult> ListAsync(
        HttpContext context,
        ConversationLists lists,
        [Description("Operators: only of these inboxes.")] Guid[]? inbox,
        [Description("Only in these states: queued, open, snoozed, closed.")] string[]? status,
        [Description("Operators: only what this operator has: an id, or `me`.")] string? assignee,
        [Description("Operators: only of this visitor.")] Guid? visitor,
        [Description("`next` of the page before.")] string? cursor,
        [Description("1 to 100; 50 when absent.")] int? limit
    )
    {
        var query = new ListQuery(inbox ?? [], status ?? [], assignee, visitor, cursor, limit);
        var page = await lists.ListAsync(context.Caller(), query, context.RequestAborted);
        return page.IsRefused ? ApiResult.Of(page) : ApiResult.Polled(page.Value);
    }

    private static async Task<IResult> OpenAsync(OpenConversation body, HttpContext context, ConversationService conversations) =>
        ApiResult.Of(await conversations.OpenAsync(context.Call(CancellationToken.None), body));

    private static async Task<IResult> ReadAsync(
        [Description("The conversation.")] Guid id,
        [Description("Of the log that the client holds.")] int? epoch,
        [Description("Highest contiguous seq that it holds.")] int? seq,
        HttpContext context,
        ConversationReader reader
    ) => ApiResult.Of(await reader.OpenAsync(context.Call(), new OpenQuery(new ConversationId(id), epoch ?? 0, seq ?? 0)));

    private static async Task<IResult> EventsAsync(
        [Description("The conversation.")] Guid id,
        [Description("Only greater seqs, the oldest of them.")] int? after,
        [Description("Only smaller seqs, the newest of them.")] int? before,
        [Description("1 to 200; 50 when absent.")] int? limit,
        [Description("How long to wait for the next event, milliseconds, at most 25000.")] int? waitMs,
        [Description("Of the log that the client holds.")] int? epoch,
        HttpContext context,
        ConversationReader reader,
        EventWaits waits
    )
    {
        var query = new HistoryQuery(new ConversationId(id), before, after, limit);
        if (waitMs is null or 0)
            return ApiResult.Of(await reader.HistoryAsync(context.Call(), query));
        if (waitMs is < 0 or > Limits.WaitMs)
            return Problems.Problem(Refusal.Of("waitMs", FieldFault.OutOfRange, $"waitMs is 0 to {Limits.WaitMs}."));
        if (after is null)
            return Problems.Problem(Refusal.Of("after", FieldFault.Required, "waitMs waits for what comes after, which it needs."));
        if (before is not null)
            return Problems.Problem(
                Refusal.Of("before", FieldFault.NotAllowed, "What comes before is there already: waitMs waits for none of it.")
            );
        var wait = TimeSpan.FromMilliseconds(waitMs.Value);
        return ApiResult.Of(await waits.ReadAsync(context.Call(), query, epoch, wait));
    }

    private static async Task<IResult> SyncAsync(Sync body, HttpContext context, ConversationReader reader) =>
        ApiResult.Of(await reader.SyncAsync(context.Call(), body));
}
