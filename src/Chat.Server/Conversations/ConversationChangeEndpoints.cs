using Chat.Contracts;
using Chat.Server.Api;
using Chat.Server.Identity;

namespace Chat.Server.Conversations;

/// <summary>What changes conversations over REST and is no text.</summary>
internal static class ConversationChangeEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var conversations = api.ServiceProvider.GetRequiredService<ConversationService>();
        MapVisitor(api.MapGroup("").RequireAuthorization(Policies.Visitor).WithTags("Conversations"), conversations);
        MapOperator(api.MapGroup("").RequireAuthorization(Policies.Operator).WithTags("Conversations"), conversations);
    }

    private static void MapVisitor(IEndpointRouteBuilder group, ConversationService conversations)
    {
        group
            .MapChange<RateConversation>("rating", request => request.ConversationId, conversations.RateAsync)
            .Describe("Rate", "A visitor rates the conversation; the newest rating counts.");
        group
            .MapChange<ConversationCommand>("close", request => request.ConversationId, conversations.CloseAsync)
            .Describe("Close", "A visitor ends the conversation.");
    }

    private static void MapOperator(IEndpointRouteBuilder group, ConversationService conversations)
    {
        group
            .MapChange<ConversationCommand>("claim", request => request.ConversationId, conversations.ClaimAsync)
            .Describe("Claim", "Takes a conversation that nobody has.", "Of two at once one wins; the other gets conflict.");
        group
            .MapChange<AssignConversation>("assignment", request => request.ConversationId, conversations.AssignAsync)
            .Describe("Assign", "Gives the conversation to an operator or a team, or back to the queue.");
        group
            .MapChange<TransferConversation>("transfer", request => request.ConversationId, conversations.TransferAsync)
            .Describe("Transfer", "Gives the conversation on with a note.");
        group
            .MapChange<SetStatus>("status", request => request.ConversationId, conversations.SetStatusAsync)
            .Describe("SetStatus", "Opens, snoozes, closes or requeues the conversation.");
        group
            .MapChange<TagConversation>("tags", request => request.ConversationId, conversations.TagAsync)
            .Describe("Tag", "Adds and removes tags.");
    }
}
