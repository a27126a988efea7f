using Chat.Contracts;

namespace Chat.Server.Conversations.Changes;

/// <summary>What changes of assignment and status have in common.</summary>
internal static class StateRules
{
    /// <summary>Compare-and-set: the author decided by what he saw, so nothing of it may be newer.</summary>
    public static ErrorCode? Refusal(LockedConversation conversation, int? expectedSeq) =>
        conversation.State.StateSeq > expectedSeq ? ErrorCode.Conflict : null;

    public static bool IsColleagues(ConversationState state, Actor author) =>
        state.Assignee is { } holder && !(author.Kind == ActorKind.Operator && holder.Id.Value == author.Id);
}
