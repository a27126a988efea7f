using Chat.Contracts;

namespace Chat.Client;

/// <summary>An operator's session: signed in, continued by its cookie, ended.</summary>
internal sealed class OperatorTokens(OperatorClientOptions options, RestCalls rest) : ITokens, IDisposable
{
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(15);

    private readonly SemaphoreSlim _one = new(1);
    private HeldToken? _token;
    private bool _hasCookie;

    public async Task<string> GetAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (_token is not { } held || options.TimeProvider.GetUtcNow() >= held.FreshUntil)
                held = await RenewAsync(cancellationToken);
            return held.Text;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Forget() => _token = null;

    public async Task<OperatorSession> SignInAsync(SignIn signIn, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            return await OpenAsync(signIn, cancellationToken);
        }
        finally
        {
            _one.Release();
        }
    }

    public async Task SignOutAsync(CancellationToken cancellationToken)
    {
        (_token, _hasCookie) = (null, false);
        await rest.CallAsync<object?>(HttpMethod.Post, "operator/logout", body: null, token: null, AnswerWithin, cancellationToken);
    }

    public void Dispose() => _one.Dispose();

    private async Task<HeldToken> RenewAsync(CancellationToken cancellationToken)
    {
        if (_hasCookie)
        {
            try
            {
                await OpenAsync(new SignIn(), cancellationToken);
                return _token!;
            }
            catch (ChatException e) when (e.Code == ErrorCode.Unauthenticated.Code && options.Credentials is not null)
            {
                _hasCookie = false;
            }
        }
        if (options.Credentials is not { } credentials)
            throw new ChatException(ErrorCode.Unauthenticated.Code, "Nobody is signed in.");
        var session = await OpenAsync(await credentials(cancellationToken), cancellationToken);
        return session.MustChangePassword
            ? throw new ChatException(ErrorCode.Unauthenticated.Code, "The account needs a new password first.")
            : _token!;
    }

    private async Task<OperatorSession> OpenAsync(SignIn signIn, CancellationToken cancellationToken)
    {
        var request = new OperatorSessionRequest(signIn.Email, signIn.Password, signIn.NewPassword, signIn.IdToken);
        var session = await rest.CallAsync<OperatorSession>(
            HttpMethod.Post,
            "operator/session",
            request,
            token: null,
            AnswerWithin,
            cancellationToken
        );
        _hasCookie = !session.MustChangePassword;
        _token = session.MustChangePassword
            ? null
            : HeldToken.Of(session.Token, session.ExpiresAt, options.TimeProvider.GetUtcNow(), rest.Skew);
        return session;
    }
}
