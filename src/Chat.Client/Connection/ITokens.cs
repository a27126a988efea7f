namespace Chat.Client;

/// <summary>Access tokens of one person, kept fresh.</summary>
internal interface ITokens
{
    /// <summary>
    /// A token that is not in the last fifth of its time. A refusal is a <see cref="ChatException"/> that is not retryable: nothing helps but a decision of
    /// the app.
    /// </summary>
    Task<string> GetAsync(CancellationToken cancellationToken);

    /// <summary>The next one must be new, whatever the clock says.</summary>
    void Forget();
}

/// <summary>A token and the time in which it is used.</summary>
/// <param name="Text">The token.</param>
/// <param name="FreshUntil">By our clock: when its last fifth begins.</param>
internal sealed record HeldToken(string Text, DateTimeOffset FreshUntil)
{
    /// <param name="text">The token.</param>
    /// <param name="expiresAt">By the server's clock.</param>
    /// <param name="now">By ours.</param>
    /// <param name="skew">How far the server's clock is ahead of ours.</param>
    public static HeldToken Of(string text, DateTimeOffset expiresAt, DateTimeOffset now, TimeSpan skew) =>
        new(text, now + ((expiresAt - skew - now) * 0.8));
}
