using Chat.Contracts;
using Chat.Server.Inboxes;
using Chat.Server.Visitors;

namespace Chat.Server.Identity;

/// <summary>Whether what a token says still holds: it outlives a change of its account by minutes.</summary>
internal sealed class CallerAccess(IInboxDirectory directory, SessionEnds sessions, SigningKeys keys, VisitorBlocks blocks)
{
    /// <summary>Its session has ended, which nothing changes any more.</summary>
    public bool HasEnded(Caller caller) => sessions.WhyEnded(caller.Session) is not null;

    /// <summary>
    /// Why the caller has no access any more; null when he has. Role and stamp must be those of now, in both directions. Everything here is in memory: it
    /// is asked of every socket after every change.
    /// </summary>
    public DisconnectReason? WhyLost(Caller caller)
    {
        if (sessions.WhyEnded(caller.Session) is { } ended)
            return ended;
        // Its key was removed: a token that anybody may have made.
        if (caller.SignedWith is { } kid && !keys.Verifies(kid))
            return DisconnectReason.AccessChanged;
        return caller.IsOperator ? WhyLostOperator(caller) : WhyLostVisitor(caller);
    }

    private DisconnectReason? WhyLostOperator(Caller caller)
    {
        if (directory.FindOperator(caller.OperatorId) is not { } now)
            return DisconnectReason.Revoked;
        return now.Role == caller.Role && now.SecurityStamp == caller.SecurityStamp ? null : DisconnectReason.AccessChanged;
    }

    private DisconnectReason? WhyLostVisitor(Caller caller)
    {
        if (blocks.IsBlocked(caller.VisitorId))
            return DisconnectReason.Blocked;
        if (directory.Find(caller.InboxId) is not { } inbox)
            return DisconnectReason.Revoked;
        if (caller.IdentityKey is { } key && !inbox.IdentityKeys.Contains(key))
            return DisconnectReason.AccessChanged;
        return caller.Page is { } page && !OriginRules.AllowsVisitor(page.Origin, inbox, page.IsOwn)
            ? DisconnectReason.AccessChanged
            : null;
    }
}
