using Chat.Contracts;

namespace Chat.Client;

/// <summary>Access tokens of one person, kept fresh.</summary>
internal interface ITokens : IDisposable
{
    /// <summary>
    /// A token that is not in the last fifth of its time. A refusal is a <see cref="ChatException"/> that is not retryable: nothing helps but a decision of
    /// the app.
    /// </summary>
    Task<string> GetAsync(CancellationToken cancellationToken);

    /// <summary>The next one must be new, whatever the clock says.</summary>
    void Forget();

    /// <summary>
    /// Tells the server that the session is over, then wipes: no other session comes between the two. What the server has not heard, a visitor's device is to tell
    /// later: see <see cref="Account.Farewells"/>.
    /// </summary>
    /// <param name="wipe">Leaves nothing of it.</param>
    /// <param name="cancellationToken">Gives up telling.</param>
    /// <returns>Refresh tokens that were not heard.</returns>
    Task<IReadOnlyList<string>> EndAsync(Func<Task> wipe, CancellationToken cancellationToken);
}

internal static class TokenCalls
{
    /// <summary>Calls with a token, and once more where it is refused: it may have ended before its time, and the session endpoint says whether the session has.</summary>
    public static async Task<T> UseAsync<T>(this ITokens tokens, Func<string, Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call(await tokens.GetAsync(cancellationToken));
        }
        catch (ChatException e) when (e.Code == ErrorCode.Unauthenticated.Code)
        {
            tokens.Forget();
            return await call(await tokens.GetAsync(cancellationToken));
        }
    }
}
