using Chat.Contracts;
using Chat.Server.Identity;
using Chat.Server.Inboxes;
using Chat.Server.Storage;

namespace Chat.Server.Conversations;

/// <summary>
/// Who may know of a conversation: its visitor, and operators who are members of its inbox. To everybody else there is no such conversation.
/// Membership is asked for at every call, so that losing it counts at once.
/// </summary>
internal sealed class Access(IEventLog log, IInboxDirectory directory)
{
    public async ValueTask<Outcome<ConversationOwner>> FindAsync(Call call, ConversationId id)
    {
        var owner = call.Connection?.Owner(id) ?? await log.FindOwnerAsync(id, call.Cancellation);
        return owner is not null && MaySee(call.Caller, owner) ? owner : ErrorCode.NotFound;
    }

    /// <summary>Those of the conversations that exist and that the caller may see.</summary>
    /// <param name="call">The caller.</param>
    /// <param name="ids">The conversations.</param>
    /// <param name="known">Owners that need no reading.</param>
    public async Task<IReadOnlyList<ConversationOwner>> FilterAsync(
        Call call,
        IReadOnlyCollection<ConversationId> ids,
        IReadOnlyList<ConversationOwner> known
    )
    {
        var found = new List<ConversationOwner>(ids.Count);
        var unknown = new List<ConversationId>();
        var byId = known.ToDictionary(owner => owner.Id);
        foreach (var id in ids)
        {
            if ((byId.GetValueOrDefault(id) ?? call.Connection?.Owner(id)) is { } owner)
                found.Add(owner);
            else
                unknown.Add(id);
        }
        if (unknown.Count > 0)
            found.AddRange(await log.FindOwnersAsync(unknown, call.Caller.Id, call.Cancellation));
        found.RemoveAll(owner => !MaySee(call.Caller, owner));
        return found;
    }

    public bool MaySee(Caller caller, InboxId inbox) =>
        caller.IsOperator ? directory.InboxesOf(caller.OperatorId).Contains(inbox) : caller.InboxId == inbox;

    private bool MaySee(Caller caller, ConversationOwner owner) =>
        MaySee(caller, owner.InboxId) && (caller.IsOperator || caller.VisitorId == owner.VisitorId);
}
