using Chat.Contracts;

namespace Chat.Conformance.Mutants.Client;

/// <summary>Keeps a client connected: for ever, with growing pauses, until the server or the app says that it is over.</summary>
internal sealed class Connection(Tokens tokens, Signal changed) : IDisposable
{
    private static readonly TimeSpan LeaveWithin = TimeSpan.FromSeconds(1);

    private readonly Backoff _backoff = new(TimeSpan.FromSeconds(30));
    private readonly CancellationTokenSource _over = new();
    private TaskCompletionSource _hurry = New();
    private Task _run = Task.CompletedTask;
    private ILink? _link;
    private string? _goAway;
    private int _failures;

    /// <summary><c>idle</c>, <c>connecting</c>, <c>online</c>, <c>offline</c> or <c>stopped</c>.</summary>
    public string Status { get; private set; } = "idle";

    public string? Reason { get; private set; }

    public DateTimeOffset? RetryAt { get; private set; }

    /// <summary>While it is online.</summary>
    public ILink? Link => Status == "online" && _link is { Ended.IsCompleted: false } link ? link : null;

    /// <summary>Makes a link.</summary>
    public required Func<Task<ILink>> ConnectAsync { get; init; }

    /// <summary>Says Hello on it, and nothing before that.</summary>
    public required Func<ILink, Task> GreetAsync { get; init; }

    public required Action Arrived { get; init; }

    public required Action Lost { get; init; }

    public void Start() => _run = RunAsync();

    public async Task StopAsync()
    {
        await _over.CancelAsync();
        _link?.Close();
        await _run;
        Show("idle");
    }

    public void Dispose() => _over.Dispose();

    /// <summary>Calls until there is an answer, over as many links as it takes.</summary>
    public async Task<T> CallAsync<T>(string method, Func<object> request)
    {
        while (true)
        {
            var next = changed.Next;
            try
            {
                if (Link is { } link)
                    return await link.CallAsync<T>(method, request());
                await next;
            }
            catch (Refusal e) when (e.IsRetryable)
            {
                await Task.Delay(e.RetryAfter ?? TimeSpan.FromSeconds(1));
            }
            catch (NoAnswer)
            {
                // Over the next one.
            }
        }
    }

    /// <summary>Connects anew and at once.</summary>
    public void Renew()
    {
        _hurry.TrySetResult();
        _link?.Close();
    }

    /// <summary>The server wants it to go: now where it may not come back, else at some moment of the next second.</summary>
    public void GoAway(string reason)
    {
        if (Mutant.Has(Defect.GoAwayIgnored))
            return;
        _goAway = reason;
        if (_link is { } link)
            _ = LeaveAsync(link, reason);
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static bool IsFinal(string? reason) =>
        reason switch
        {
            "blocked" when Mutant.Has(Defect.ReconnectsWhenBlocked) => false,
            "revoked" when Mutant.Has(Defect.ReconnectsWhenRevoked) => false,
            "replaced" when Mutant.Has(Defect.ReconnectsWhenReplaced) => false,
            "expired" when Mutant.Has(Defect.ExpiredIsFinal) => true,
            _ => DisconnectReason.All.Any(known => known.Code == reason && !known.Reconnect),
        };

    private async Task RunAsync()
    {
        while (!_over.IsCancellationRequested)
        {
            _hurry = New();
            try
            {
                var reason = await LiveAsync();
                if (IsFinal(reason))
                {
                    Show("stopped", reason);
                    return;
                }
                await GoOnAsync(reason);
            }
            catch (Refusal e)
                when (!e.IsRetryable && !(e.Reason == DisconnectReason.Blocked.Code && Mutant.Has(Defect.ReconnectsWhenBlocked)))
            {
                Show("stopped", e.Reason);
                return;
            }
            catch (Exception e)
            {
                if (e is not (Refusal or NoAnswer))
                    await Console.Error.WriteLineAsync(e.ToString());
                if (IsFinal(_goAway))
                {
                    Show("stopped", _goAway);
                    return;
                }
                await PauseAsync("network");
                if (++_failures >= 3 && Mutant.Has(Defect.GivesUp))
                    return;
            }
        }
    }

    /// <summary>One connection, to its end; what was said of its end.</summary>
    private async Task<string?> LiveAsync()
    {
        Show("connecting");
        (_goAway, RetryAt) = (null, null);
        var link = _link = await ConnectAsync();
        try
        {
            if (_over.IsCancellationRequested)
                return null;
            await GreetAsync(link);
            _failures = 0;
            _backoff.Reset();
            Show("online");
            if (Link is not null)
                Arrived();
            return await link.Ended ?? _goAway;
        }
        finally
        {
            link.Close();
            (link as IDisposable)?.Dispose();
            _link = null;
            Lost();
        }
    }

    private async Task GoOnAsync(string? reason)
    {
        if (reason == DisconnectReason.Expired.Code || reason == DisconnectReason.AccessChanged.Code)
            tokens.Forget();
        // After a goAway the jitter is over already.
        else if (reason != DisconnectReason.Drain.Code && reason != DisconnectReason.Rebalance.Code)
            await PauseAsync(reason ?? "network");
    }

    private static async Task LeaveAsync(ILink link, string reason)
    {
        if (!IsFinal(reason) && !Mutant.Has(Defect.GoAwayAtOnce))
            await Task.WhenAny(link.Ended, Task.Delay(Backoff.Jitter(LeaveWithin)));
        link.Close(reason);
    }

    private async Task PauseAsync(string reason)
    {
        if (_hurry.Task.IsCompleted || _over.IsCancellationRequested)
            return;
        var pause = _backoff.Next();
        RetryAt = Clock.Now + pause;
        Show("offline", reason);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(_over.Token);
        await Task.WhenAny(_hurry.Task, Task.Delay(pause, end.Token));
        await end.CancelAsync();
    }

    private void Show(string status, string? reason = null)
    {
        (Status, Reason) = (status, reason);
        changed.Raise();
    }
}
