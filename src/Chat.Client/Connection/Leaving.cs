using Chat.Contracts;

namespace Chat.Client;

/// <summary>How a connection is left that the server wants to end.</summary>
internal sealed class Leaving(ILinkFactory links, TimeProvider time)
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(1);

    /// <summary>What the reason means is done now: the server closes at once, and its close does not say why.</summary>
    public void Leave(ILink link, string reason)
    {
        var known = Codes.FindReason(reason);
        ForgetToken(known);
        if (known is { Reconnect: false })
            link.Close(reason);
        else
            _ = LeaveAsync(link, reason);
    }

    /// <summary>Whether the token is good no longer; then it is not shown again.</summary>
    public bool ForgetToken(DisconnectReason? reason)
    {
        var isStale = reason == DisconnectReason.Expired || reason == DisconnectReason.AccessChanged;
        if (isStale)
            links.ForgetToken();
        return isStale;
    }

    // Until then the connection is as good as ever.
    private async Task LeaveAsync(ILink link, string reason)
    {
        await Task.WhenAny(link.Ended, Task.Delay(Backoff.Jitter(Within), time));
        link.Close(reason);
    }
}

/// <summary>What comes of a client's first attempt to connect, for whoever started it.</summary>
internal sealed class FirstAttempt
{
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Fails when no other one will be made.</summary>
    public Task Task => _end.Task;

    /// <summary>It has come to an end; of later ones nothing is told here.</summary>
    /// <param name="refusal">Why no other one will be made, if so.</param>
    public void End(ChatException? refusal = null)
    {
        if (refusal is null)
            _end.TrySetResult();
        else if (_end.TrySetException(refusal))
            // Not everybody who starts a client waits.
            _ = _end.Task.Exception;
    }
}
