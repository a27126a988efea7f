namespace Chat.Client;

/// <summary>Connects over WebSockets; for visitors over REST where that is impossible.</summary>
internal sealed class SocketLinks(ClientOptions options, string hub, ITokens tokens, Func<Action<object>, ILink>? poll = null)
    : ILinkFactory
{
    // A handshake does not say why it failed. After two the session endpoint is asked, which does; if it is content, WebSockets do not come through.
    private const int FailuresUntilAsking = 2;

    private readonly Uri _hub = new(options.Url, hub);
    private int _failures;

    public async Task<ILink> ConnectAsync(Action<object> onPush, CancellationToken cancellationToken)
    {
        if (_failures == FailuresUntilAsking)
            tokens.Forget();
        string token;
        try
        {
            token = await tokens.GetAsync(cancellationToken);
        }
        catch (ChatException)
        {
            // Nothing comes through, or nobody is let in: that says nothing of WebSockets.
            _failures = 0;
            throw;
        }
        if (poll is not null && _failures >= FailuresUntilAsking)
        {
            _failures = 0;
            return poll(onPush);
        }
        try
        {
            var link = await HubLink.ConnectAsync(_hub, token, options, onPush, cancellationToken);
            _failures = 0;
            return link;
        }
        catch (ChatException)
        {
            _failures++;
            throw;
        }
    }

    public void ForgetToken() => tokens.Forget();
}
