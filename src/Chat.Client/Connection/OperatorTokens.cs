using Chat.Contracts;

namespace Chat.Client;

/// <summary>An operator's session: signed in, continued by its cookie, ended.</summary>
internal sealed class OperatorTokens(OperatorClientOptions options, RestCalls rest) : ITokens
{
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(15);

    private readonly TokenKeeper _keeper = new(options.TimeProvider);
    private bool _hasCookie;

    public Task<string> GetAsync(CancellationToken cancellationToken) => _keeper.GetAsync(RenewAsync, cancellationToken);

    public void Forget() => _keeper.Forget();

    public Task<OperatorSession> SignInAsync(SignIn signIn, CancellationToken cancellationToken) =>
        _keeper.AloneAsync(async () => (await OpenAsync(signIn, cancellationToken)).Session, cancellationToken);

    public async Task<IReadOnlyList<string>> EndAsync(Func<Task> wipe, CancellationToken cancellationToken)
    {
        try
        {
            await _keeper.EndAsync(
                () => rest.CallAsync<object?>(HttpMethod.Post, "operator/logout", body: null, token: null, AnswerWithin, cancellationToken),
                cancellationToken
            );
        }
        catch (Exception e) when (e is ChatException or OperationCanceledException)
        {
            // The cookie is gone with this client, and the session dies of age: nobody is woken for it.
        }
        _hasCookie = false;
        await wipe();
        _keeper.Forget();
        return [];
    }

    public void Dispose() => _keeper.Dispose();

    private async Task<HeldToken> RenewAsync(CancellationToken cancellationToken)
    {
        if (_hasCookie)
        {
            try
            {
                return (await OpenAsync(new SignIn(), cancellationToken)).Token!;
            }
            catch (ChatException e) when (e.Code == ErrorCode.Unauthenticated.Code && options.Credentials is not null)
            {
                _hasCookie = false;
            }
        }
        if (options.Credentials is not { } credentials)
            throw new ChatException(ErrorCode.Unauthenticated.Code, "Nobody is signed in.");
        var (_, token) = await OpenAsync(await credentials(cancellationToken), cancellationToken);
        return token ?? throw new ChatException(ChatException.MustChangePassword, "The account needs a new password first.");
    }

    /// <summary>Without a token when the account needs a new password first.</summary>
    private async Task<(OperatorSession Session, HeldToken? Token)> OpenAsync(SignIn signIn, CancellationToken cancellationToken)
    {
        var request = new OperatorSessionRequest(signIn.Email, signIn.Password, signIn.NewPassword, signIn.IdToken, signIn.Nonce);
        var session = await rest.CallAsync<OperatorSession>(
            HttpMethod.Post,
            "operator/session",
            request,
            token: null,
            AnswerWithin,
            cancellationToken
        );
        _hasCookie = !session.MustChangePassword;
        return (session, _hasCookie ? _keeper.Hold(session.Token, session.ExpiresAt, rest.Skew) : null);
    }
}
