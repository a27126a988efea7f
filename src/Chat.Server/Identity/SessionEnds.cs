namespace Chat.Server.Identity;

/// <summary>Sessions that were signed out: whoever holds sockets closes those of them.</summary>
internal sealed class SessionEnds
{
    /// <summary>With the session's family of refresh tokens.</summary>
    public event Action<Guid>? Ended;

    public void End(Guid session) => Ended?.Invoke(session);
}
