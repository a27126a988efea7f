using Chat.Contracts;

namespace Chat.Client;

/// <summary>A visitor's session on this device: started, continued, identified, ended.</summary>
internal sealed class VisitorTokens(ChatClientOptions options, RestCalls rest, ChatModel model) : ITokens
{
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(15);

    private readonly TokenKeeper _keeper = new(options.TimeProvider);

    public string Inbox => options.Inbox;

    public Task<string> GetAsync(CancellationToken cancellationToken) => _keeper.GetAsync(RenewAsync, cancellationToken);

    public void Forget() => _keeper.Forget();

    /// <summary>The host vouches for its user. Conversations of this device become his.</summary>
    public Task IdentifyAsync(string identityToken, CancellationToken cancellationToken) =>
        _keeper.AloneAsync(() => OpenAsync(identityToken, model.Account.Session?.RefreshToken, cancellationToken), cancellationToken);

    public async Task<IReadOnlyList<string>> EndAsync(Func<Task> wipe, CancellationToken cancellationToken)
    {
        var ended = Ended();
        try
        {
            return await _keeper.EndAsync(
                async () =>
                {
                    // What was under way may have brought another one.
                    ended = Ended();
                    var heard = await PartAsync(ended, cancellationToken);
                    await wipe();
                    return (IReadOnlyList<string>)[.. ended.Except(heard)];
                },
                cancellationToken
            );
        }
        catch (OperationCanceledException)
        {
            await wipe();
            return ended;
        }
        finally
        {
            _keeper.Forget();
        }
    }

    private IReadOnlyList<string> Ended() =>
        model.Account.Session is { } session ? [.. model.Account.Farewells, session.RefreshToken] : model.Account.Farewells;

    /// <summary>Tells the server which sessions have ended that it has not heard of.</summary>
    public async Task PartAsync(CancellationToken cancellationToken)
    {
        var heard = await PartAsync(model.Account.Farewells, cancellationToken);
        // Where the disk is full they are told once more: nobody stays offline for that.
        if (heard.Count > 0)
            await model.Account.SetFarewellsAsync(unheard: [], heard).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _keeper.Dispose();

    // Those that the server has heard.
    private async Task<IReadOnlyList<string>> PartAsync(IReadOnlyList<string> ended, CancellationToken cancellationToken)
    {
        List<string> heard = [];
        foreach (var refreshToken in ended)
        {
            try
            {
                await CallAsync<object?>("visitor/logout", new VisitorLogout(refreshToken), cancellationToken);
                heard.Add(refreshToken);
            }
            catch (ChatException e)
            {
                // Refused for good: it is over already.
                if (!e.Retryable)
                    heard.Add(refreshToken);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }
        return heard;
    }

    private async Task<HeldToken> RenewAsync(CancellationToken cancellationToken)
    {
        var session = model.Account.Session;
        if (session is null)
            return await OpenAsync(await AskHostAsync(cancellationToken), refreshToken: null, cancellationToken);
        try
        {
            return await OpenAsync(identityToken: null, session.RefreshToken, cancellationToken);
        }
        catch (ChatException e) when (e.Code == ErrorCode.Unauthenticated.Code)
        {
            // The host may know its user still. Who was anonymous goes on as somebody new; a user does not become anonymous.
            var identity = await AskHostAsync(cancellationToken);
            if (identity is null && session.Identified)
                throw;
            return await OpenAsync(identity, refreshToken: null, cancellationToken);
        }
    }

    private async Task<string?> AskHostAsync(CancellationToken cancellationToken) =>
        options.Identity is { } identity ? await identity(cancellationToken) : null;

    private async Task<HeldToken> OpenAsync(string? identityToken, string? refreshToken, CancellationToken cancellationToken)
    {
        var life = model.Life;
        var request = new VisitorSessionRequest(options.Inbox, model.Account.DeviceId, identityToken, refreshToken, options.Locale);
        var session = await CallAsync<VisitorSession>("visitor/session", request, cancellationToken);
        var identified = identityToken is not null || model.Account.Session is { Identified: true };
        try
        {
            // Stored before it is used: the refresh token before this one works until then.
            await model.Account.SetSessionAsync(new SavedSession(session.VisitorId, session.RefreshToken, identified), life);
        }
        catch (OperationCanceledException)
        {
            // There was a logout. Of a session that was only continued the server hears under the token that was held.
            if (identityToken is not null || refreshToken is null)
                await model.Account.SetFarewellsAsync([session.RefreshToken], heard: []);
            throw;
        }
        catch (Exception) when (identityToken is null && refreshToken is not null)
        {
            // Only continued: the refresh token that is stored goes on being used, and the access token is good whatever the disk says.
        }
        lock (model.Gate)
        {
            model.Account.ThrowIfNot(session.VisitorId);
            return _keeper.Hold(session.Token, session.ExpiresAt, rest.Skew);
        }
    }

    private Task<T> CallAsync<T>(string path, object request, CancellationToken cancellationToken) =>
        rest.CallAsync<T>(HttpMethod.Post, path, request, token: null, AnswerWithin, cancellationToken);
}
