using Chat.Contracts;
using Chat.Server.Inboxes;

namespace Chat.Server.Identity;

/// <summary>Whether what a token says still holds: it outlives a change of its account by minutes.</summary>
internal sealed class CallerAccess(IInboxDirectory directory, SessionEnds sessions)
{
    /// <summary>Its session was signed out, which nothing changes any more.</summary>
    public bool HasSignedOut(Caller caller) => sessions.HasEnded(caller.Session);

    /// <summary>Why the caller has no access any more; null when he has. Role and stamp must be those of now, in both directions.</summary>
    public DisconnectReason? WhyLost(Caller caller)
    {
        if (HasSignedOut(caller))
            return DisconnectReason.Revoked;
        if (!caller.IsOperator)
            return directory.Find(caller.InboxId) is null ? DisconnectReason.Revoked : null;
        if (directory.FindOperator(caller.OperatorId) is not { } now)
            return DisconnectReason.Revoked;
        return now.Role == caller.Role && now.SecurityStamp == caller.SecurityStamp ? null : DisconnectReason.AccessChanged;
    }
}
