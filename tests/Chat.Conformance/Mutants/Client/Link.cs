using Chat.Contracts;

namespace Chat.Conformance.Mutants.Client;

/// <summary>A way to the server, from its making to its end: a socket, or REST.</summary>
internal interface ILink
{
    /// <summary><c>socket</c> or <c>rest</c>.</summary>
    string Transport { get; }

    /// <summary>Completes at the end, with the server's reason if it gave one.</summary>
    Task<string?> Ended { get; }

    /// <summary>Calls a method of the hub.</summary>
    /// <exception cref="Refusal">The server's answer is no.</exception>
    /// <exception cref="NoAnswer">Nobody knows whether it happened; the link is at its end.</exception>
    Task<T> CallAsync<T>(string method, object request);

    void Close(string? reason = null);
}

/// <summary>What a link hears from the server without having asked.</summary>
internal interface IListener
{
    /// <summary>A push of the hub.</summary>
    void Hear(string target, System.Text.Json.JsonElement push);

    void Hear(ChatEvent e);

    void Hear(ConversationPage page);

    /// <summary>Positions in the logs that are held, the newest conversation first.</summary>
    IReadOnlyList<Cursor> Cursors();
}

/// <summary>Makes links: sockets, or REST where no socket comes through.</summary>
internal sealed class LinkMaker(Uri server, Model model, Rest rest, Tokens tokens, IListener listener)
{
    private const int FailuresUntilRest = 2;

    private int _failures;

    public async Task<ILink> ConnectAsync()
    {
        // A handshake does not say why it failed. The session endpoint does; if it is content, sockets do not come through.
        var isBlocked = _failures >= FailuresUntilRest;
        if (isBlocked)
        {
            _failures = 0;
            tokens.Forget();
        }
        var token = await tokens.GetAsync();
        if (isBlocked && model.Side == Side.Visitor && !Mutant.Has(Defect.NoRestFallback))
            return new RestLink(rest, tokens.GetAsync, model.Changed, listener);
        try
        {
            var link = await HubSocket.ConnectAsync(server, model.Side == Side.Visitor ? "visitor" : "operator", token, listener);
            _failures = 0;
            return link;
        }
        catch (NoAnswer)
        {
            _failures++;
            throw;
        }
    }
}

/// <summary>The server has refused a call.</summary>
internal sealed class Refusal(string code, string? detail = null, TimeSpan? retryAfter = null) : Exception(code)
{
    public string Code { get; } = code;

    /// <summary>Why the client stops. Of what is forbidden it says more to tell that the visitor is blocked.</summary>
    public string Reason => detail == DisconnectReason.Blocked.Code ? detail : Code;

    public TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>Whether the same call may succeed later. A code that is not known never does.</summary>
    public bool IsRetryable =>
        Code switch
        {
            "unavailable" when Mutant.Has(Defect.UnavailableIsFinal) => false,
            "rate_limited" when Mutant.Has(Defect.RateLimitedIsFinal) => false,
            "draining" when Mutant.Has(Defect.DrainingIsFinal) => false,
            "internal" when Mutant.Has(Defect.InternalIsFinal) => false,
            "closed" when Mutant.Has(Defect.ClosedIsRetried) => true,
            "too_large" when Mutant.Has(Defect.TooLargeIsRetried) => true,
            "conflict" when Mutant.Has(Defect.ConflictIsRetried) => true,
            "invalid" when Mutant.Has(Defect.InvalidIsRetried) => true,
            "forbidden" when Mutant.Has(Defect.ForbiddenIsRetried) => true,
            _ => ErrorCode.Find(Code)?.Retryable ?? Mutant.Has(Defect.UnknownCodeIsRetried),
        };
}

/// <summary>A call had no answer: it may have happened or not.</summary>
internal sealed class NoAnswer(Exception? cause = null) : Exception("no answer", cause);
