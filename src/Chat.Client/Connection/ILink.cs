namespace Chat.Client;

/// <summary>Why a connection ended.</summary>
/// <param name="Reason">A code of the disconnect reasons, if the server gave one.</param>
internal sealed record LinkEnd(string? Reason);

/// <summary>One connection to the server, from its connect to its end. Pushes go to whoever made it.</summary>
internal interface ILink : IAsyncDisposable
{
    ConnectionTransport Transport { get; }

    /// <summary>Completes when it has ended, and never fails.</summary>
    Task<LinkEnd> Ended { get; }

    /// <summary>Calls a method of the hub. A refusal is a <see cref="ChatException"/>; no answer in time has its code <c>network</c> and ends the link.</summary>
    Task<T> CallAsync<T>(string method, object request, CancellationToken cancellationToken);

    /// <summary>Ends it.</summary>
    void Close(string? reason = null);
}

/// <summary>Makes links.</summary>
internal interface ILinkFactory
{
    /// <summary>Connects. A refused token is a <see cref="ChatException"/> that is not retryable.</summary>
    /// <param name="onPush">Takes what the server sends: a record of the contract, in order.</param>
    /// <param name="cancellationToken">Cancels the attempt.</param>
    Task<ILink> ConnectAsync(Action<object> onPush, CancellationToken cancellationToken);

    /// <summary>The token is no longer good.</summary>
    void ForgetToken();
}

internal static class LinkCalls
{
    /// <summary>Calls, and again as long as the server says that it cannot answer now. Fails as soon as the link does.</summary>
    public static async Task<T> AskAsync<T>(
        this ILink link,
        string method,
        object request,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var backoff = new Backoff(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(10));
        while (true)
        {
            try
            {
                return await link.CallAsync<T>(method, request, cancellationToken);
            }
            catch (ChatException e) when (e.Retryable && e.Code != ChatException.Network && !link.Ended.IsCompleted)
            {
                await Task.Delay(e.RetryAfter ?? backoff.Next(), time, cancellationToken);
            }
        }
    }
}
