using Chat.Contracts;

namespace Chat.Client;

/// <summary>A visitor's session on this device: started, continued, identified, ended.</summary>
internal sealed class VisitorTokens(ChatClientOptions options, RestCalls rest, ChatModel model) : ITokens, IDisposable
{
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(15);

    // One call at a time: two with the same refresh token would end the session.
    private readonly SemaphoreSlim _one = new(1);
    private HeldToken? _token;

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

    public string Inbox => options.Inbox;

    public void Forget() => _token = null;

    /// <summary>The host vouches for its user. Conversations of this device become his.</summary>
    public async Task IdentifyAsync(string identityToken, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            await OpenAsync(identityToken, model.Session?.RefreshToken, cancellationToken);
        }
        finally
        {
            _one.Release();
        }
    }

    public async Task LogoutAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (model.Session is { } session)
                await rest.CallAsync<object?>(
                    HttpMethod.Post,
                    "visitor/logout",
                    new VisitorLogout(session.RefreshToken),
                    token: null,
                    AnswerWithin,
                    cancellationToken
                );
        }
        finally
        {
            _token = null;
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task<HeldToken> RenewAsync(CancellationToken cancellationToken)
    {
        var session = model.Session;
        if (session is null)
            return await OpenAsync(await AskHostAsync(cancellationToken), refreshToken: null, cancellationToken);
        try
        {
            return await OpenAsync(identityToken: null, session.RefreshToken, cancellationToken);
        }
        catch (ChatException e) when (e.Code == ErrorCode.Unauthenticated.Code && session.Identified)
        {
            // The host knows its user still, though this session is over.
            if (await AskHostAsync(cancellationToken) is { } identity)
                return await OpenAsync(identity, refreshToken: null, cancellationToken);
            throw;
        }
    }

    private async Task<string?> AskHostAsync(CancellationToken cancellationToken) =>
        options.Identity is { } identity ? await identity(cancellationToken) : null;

    private async Task<HeldToken> OpenAsync(string? identityToken, string? refreshToken, CancellationToken cancellationToken)
    {
        var request = new VisitorSessionRequest(options.Inbox, model.DeviceId, identityToken, refreshToken, options.Locale);
        var session = await rest.CallAsync<VisitorSession>(
            HttpMethod.Post,
            "visitor/session",
            request,
            token: null,
            AnswerWithin,
            cancellationToken
        );
        // Stored before it is used: the refresh token before this one works until then.
        var identified = identityToken is not null || model.Session is { Identified: true };
        await model.SetSessionAsync(new SavedSession(session.VisitorId, session.RefreshToken, identified));
        _token = HeldToken.Of(session.Token, session.ExpiresAt, options.TimeProvider.GetUtcNow(), rest.Skew);
        return _token;
    }
}
