using Microsoft.Extensions.Options;

namespace Chat.Server.Identity;

/// <summary>Sessions that were signed out, remembered for as long as an access token of theirs may live.</summary>
internal sealed class SessionEnds(IOptions<IdentityOptions> options, TimeProvider time)
{
    // Guards both: when each became known, in that order.
    private readonly Lock _gate = new();
    private readonly Queue<(Guid Session, long At)> _inOrder = [];
    private readonly HashSet<Guid> _known = [];

    /// <summary>It was signed out on this node. With the session's family of refresh tokens.</summary>
    public event Action<Guid>? Ended;

    public IReadOnlyCollection<Guid> Known
    {
        get
        {
            lock (_gate)
            {
                Forget();
                return [.. _known];
            }
        }
    }

    public void End(Guid session)
    {
        Remember(session);
        Ended?.Invoke(session);
    }

    /// <summary>It was signed out somewhere.</summary>
    public void Remember(Guid session)
    {
        lock (_gate)
        {
            Forget();
            if (_known.Add(session))
                _inOrder.Enqueue((session, time.GetTimestamp()));
        }
    }

    public bool HasEnded(Guid? session)
    {
        lock (_gate)
            return session is { } one && _known.Contains(one);
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
