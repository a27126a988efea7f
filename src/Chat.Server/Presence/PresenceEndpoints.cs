using Chat.Contracts;
using Chat.Server.Api;
using Chat.Server.Conversations;
using Chat.Server.Identity;

namespace Chat.Server.Presence;

/// <summary>Reading, receiving, typing and looking, over REST.</summary>
internal static class PresenceEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var cursors = api.ServiceProvider.GetRequiredService<CursorService>();
        var ephemerals = api.ServiceProvider.GetRequiredService<EphemeralService>();
        var group = api.MapGroup("").WithTags("Presence");
        group
            .MapNotice<MarkSeq>("read", request => request.ConversationId, (call, request) => cursors.MarkAsync(call, request, read: true))
            .Describe("Read", "Moves the caller's read cursor, and the delivered one with it.");
        group
            .MapNotice<MarkSeq>(
                "delivered",
                request => request.ConversationId,
                (call, request) => cursors.MarkAsync(call, request, read: false)
            )
            .Describe("Delivered", "Moves the caller's delivered cursor.");
        group
            .MapNotice<TypingNotice>("typing", request => request.ConversationId, ephemerals.TypingAsync)
            .Describe("Typing", "Tells the other side that the caller types.");
        group
            .MapNotice<ConversationRef>("viewing", request => request.ConversationId, ephemerals.ViewingAsync)
            .RequireAuthorization(Policies.Operator)
            .Refuses(ErrorCode.Forbidden)
            .Describe("Viewing", "Tells colleagues that the caller looks at the conversation.");
    }
}
