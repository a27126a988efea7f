using Chat.Contracts;
using Microsoft.Extensions.Options;

namespace Chat.Server.Identity;

/// <summary>Why a session ended before its time. The numbers are the database's and the bus's: add, never change.</summary>
internal enum SessionEnd : byte
{
    /// <summary>It was signed out.</summary>
    SignedOut = 1,

    /// <summary>Its anonymous visitor was identified: what it had belongs to that one now.</summary>
    Identified = 2,

    /// <summary>A refresh token came back after a later one of its family was used.</summary>
    Reused = 3,
}

/// <summary>A session that ended before its time.</summary>
/// <param name="Session">Its family of refresh tokens.</param>
/// <param name="Holder">The visitor or operator whose it was.</param>
/// <param name="Why">What ended it.</param>
internal readonly record struct EndedSession(Guid Session, Guid Holder, SessionEnd Why)
{
    /// <summary>Signed out is for good; otherwise the client learns from its refresh token who it is now.</summary>
    public DisconnectReason Reason => Why == SessionEnd.SignedOut ? DisconnectReason.Revoked : DisconnectReason.AccessChanged;
}

/// <summary>Sessions that ended before their time, remembered for as long as an access token of theirs may live.</summary>
internal sealed class SessionEnds(IOptions<IdentityOptions> options, TimeProvider time)
{
    // Guards both: when each became known, in that order.
    private readonly Lock _gate = new();
    private readonly Queue<(Guid Session, long At)> _inOrder = [];
    private readonly Dictionary<Guid, DisconnectReason> _known = [];

    /// <summary>A session ended on this node: other nodes must hear of it.</summary>
    public event Action<EndedSession>? Ended;

    /// <summary>A session ended somewhere, and this node did not know it yet.</summary>
    public event Action<EndedSession>? Learned;

    /// <summary>Ends a session for this node and the others. The database must know it already. Again is harmless.</summary>
    public void End(EndedSession session)
    {
        if (Learn(session))
            Ended?.Invoke(session);
    }

    /// <summary>False: this node knew it.</summary>
    public bool Learn(EndedSession session)
    {
        lock (_gate)
        {
            Forget();
            if (!_known.TryAdd(session.Session, session.Reason))
                return false;
            _inOrder.Enqueue((session.Session, time.GetTimestamp()));
        }
        Learned?.Invoke(session);
        return true;
    }

    /// <summary>Why a caller's session has ended; null when it has not.</summary>
    public DisconnectReason? WhyEnded(Guid? session)
    {
        lock (_gate)
            return session is { } one ? _known.GetValueOrDefault(one) : null;
    }

    private void Forget()
    {
        while (_inOrder.TryPeek(out var oldest) && time.GetElapsedTime(oldest.At) > options.Value.AccessTokenLife)
        {
            _inOrder.Dequeue();
            _known.Remove(oldest.Session);
        }
    }
}
