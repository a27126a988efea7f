using Chat.Contracts;

namespace Chat.Conformance.Mutants.Client;

/// <summary>Has an access token for each connection and call; renews it in the last fifth of its time.</summary>
internal abstract class Tokens(Rest rest) : IDisposable
{
    // Two renewals at once would end the session: the later one would come with a refresh token that was used already.
    private readonly SemaphoreSlim _one = new(1);
    private string? _token;
    private DateTimeOffset _freshUntil;

    protected Rest Rest => rest;

    public Task<string> GetAsync() =>
        AloneAsync(async () =>
        {
            if (_token is null || (Clock.Now >= _freshUntil && !Mutant.Has(Defect.LateRefresh)))
                await RenewAsync();
            return _token!;
        });

    /// <summary>The next call brings a new one.</summary>
    public void Forget() => _token = null;

    /// <summary>Ends the session at the server.</summary>
    public abstract Task EndAsync();

    public void Dispose() => _one.Dispose();

    protected abstract Task RenewAsync();

    protected async Task<T> AloneAsync<T>(Func<Task<T>> call)
    {
        await _one.WaitAsync();
        try
        {
            return await call();
        }
        finally
        {
            _one.Release();
        }
    }

    protected void Hold(string token, DateTimeOffset expiresAt)
    {
        // By the server's clock: nobody knows what is wrong with ours.
        var life = expiresAt - (Clock.Now + rest.Skew);
        (_token, _freshUntil) = (token, Clock.Now + (life * 0.8));
    }
}

/// <summary>A visitor's session: begun, continued by a refresh token that changes each time, identified, ended.</summary>
internal sealed class VisitorTokens(Rest rest, Model model, Storage storage, string inbox, string? identity) : Tokens(rest)
{
    /// <summary>The host site vouches for the visitor.</summary>
    public Task IdentifyAsync(string token) =>
        AloneAsync(async () =>
        {
            await BeginAsync(token, model.RefreshToken);
            return true;
        });

    public override async Task EndAsync()
    {
        if (model.RefreshToken is { } refresh && !Mutant.Has(Defect.LogoutKeepsSession))
            await Rest.CallAsync<object?>(HttpMethod.Post, "visitor/logout", new VisitorLogout(refresh));
    }

    protected override async Task RenewAsync()
    {
        if (model.RefreshToken is not { } refresh || Mutant.Has(Defect.NeverRefreshed))
        {
            await BeginAsync(identity, null);
            return;
        }
        try
        {
            await BeginAsync(null, refresh);
        }
        catch (Refusal e) when (e.Code == ErrorCode.Unauthenticated.Code && (identity is not null || !model.IsIdentified))
        {
            // The session is over. Who was anonymous goes on as somebody new; somebody whom the host knows does not become anonymous.
            await BeginAsync(identity, null);
        }
    }

    private async Task BeginAsync(string? identityToken, string? refreshToken)
    {
        var request = new VisitorSessionRequest(inbox, model.DeviceId, identityToken, refreshToken);
        var session = await Rest.CallAsync<VisitorSession>(HttpMethod.Post, "visitor/session", request);
        if (refreshToken is null || identityToken is not null || !Mutant.Has(Defect.RefreshNotRotated))
            model.RefreshToken = session.RefreshToken;
        model.IsIdentified |= identityToken is not null;
        try
        {
            // Before it is used: the refresh token before it works until then, and must not be the only one that is stored.
            await storage.SaveAsync();
        }
        catch (IOException) when (refreshToken is not null)
        {
            // Only continued: the one that is stored goes on to work for a while.
        }
        Hold(session.Token, session.ExpiresAt);
    }
}

/// <summary>An operator's session: signed in by password, continued by its cookie.</summary>
internal sealed class OperatorTokens(Rest rest, string email, string password) : Tokens(rest)
{
    private bool _isSignedIn;

    public override Task EndAsync() => Rest.CallAsync<object?>(HttpMethod.Post, "operator/logout");

    protected override async Task RenewAsync()
    {
        try
        {
            await BeginAsync(_isSignedIn ? new OperatorSessionRequest() : new OperatorSessionRequest(email, password));
        }
        catch (Refusal e) when (_isSignedIn && e.Code == ErrorCode.Unauthenticated.Code)
        {
            await BeginAsync(new OperatorSessionRequest(email, password));
        }
    }

    private async Task BeginAsync(OperatorSessionRequest request)
    {
        var session = await Rest.CallAsync<OperatorSession>(HttpMethod.Post, "operator/session", request);
        if (session.MustChangePassword)
            throw new Refusal(ErrorCode.Unauthenticated.Code);
        _isSignedIn = true;
        Hold(session.Token, session.ExpiresAt);
    }
}
