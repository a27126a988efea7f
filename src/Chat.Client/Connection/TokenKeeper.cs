namespace Chat.Client;

/// <summary>A token and the time in which it is used.</summary>
/// <param name="Text">The token.</param>
/// <param name="FreshUntil">By our clock: when its last fifth begins.</param>
internal sealed record HeldToken(string Text, DateTimeOffset FreshUntil);

/// <summary>Keeps a token until its last fifth. One call that may bring another is made at a time: two with the same refresh token would end the session.</summary>
internal sealed class TokenKeeper(TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1);
    private volatile HeldToken? _token;

    // Rises with each end: what was asked for before one is not for whoever comes after it.
    private volatile int _ends;

    public Task<string> GetAsync(Func<CancellationToken, Task<HeldToken>> renew, CancellationToken cancellationToken) =>
        AloneAsync(
            async () =>
            {
                if (_token is not { } held || time.GetUtcNow() >= held.FreshUntil)
                    held = await renew(cancellationToken);
                return held.Text;
            },
            cancellationToken
        );

    /// <exception cref="OperationCanceledException">The session was ended before it was this call's turn.</exception>
    public Task<T> AloneAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        var ends = _ends;
        return InTurnAsync(() => ends == _ends ? call() : throw Account.LoggedOut(), cancellationToken);
    }

    /// <summary>As above, for what ends the session: what is asked for until it is done does not begin.</summary>
    public async Task<T> EndAsync<T>(Func<Task<T>> end, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _ends);
        return await InTurnAsync(
            async () =>
            {
                try
                {
                    return await end();
                }
                finally
                {
                    Interlocked.Increment(ref _ends);
                }
            },
            cancellationToken
        );
    }

    /// <param name="text">The token.</param>
    /// <param name="expiresAt">By the server's clock.</param>
    /// <param name="skew">How far the server's clock is ahead of ours.</param>
    public HeldToken Hold(string text, DateTimeOffset expiresAt, TimeSpan skew)
    {
        var now = time.GetUtcNow();
        return _token = new HeldToken(text, now + ((expiresAt - skew - now) * 0.8));
    }

    public void Forget() => _token = null;

    public void Dispose() => _one.Dispose();

    private async Task<T> InTurnAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            return await call();
        }
        finally
        {
            _one.Release();
        }
    }
}
