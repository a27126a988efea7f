using Chat.Contracts;
using Microsoft.Extensions.Logging;

namespace Chat.Client;

/// <summary>Keeps a client connected: for ever, with growing pauses, until the server or the app says that it is over.</summary>
internal sealed partial class ConnectionLoop(ILinkFactory links, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private const string InBackground = "background";

    private readonly Backoff _backoff = new(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(30));
    private readonly Lock _gate = new();

    // Guarded by the gate, as are all up to _isSuspended. Completed: the next pause is left out.
    private TaskCompletionSource _hurry = New();
    private CancellationTokenSource? _ended;
    private Task _run = Task.CompletedTask;
    private bool _isOver;
    private bool _isSuspended;

    // Guarded by the gate: the connection that is there or being made is to be ended.
    private bool _isUnwanted;
    private volatile ILink? _link;
    private volatile FirstAttempt _first = new();

    public Store<ConnectionState> State { get; } = new(new ConnectionState(ConnectionStatus.Idle));

    /// <summary>The connection, while it is online.</summary>
    public ILink? Link => _link is { Ended.IsCompleted: false } link ? link : null;

    private Leaving Leaving => new(links, time);

    /// <summary>Says Hello on a fresh connection; when it returns, the client is online.</summary>
    public required Func<ILink, CancellationToken, Task> Greet { get; init; }

    /// <summary>Called after it has become online.</summary>
    public required Action Arrived { get; init; }

    /// <summary>Called after it has ceased to be.</summary>
    public required Action Lost { get; init; }

    /// <summary>Takes what the server sends, but for goAway.</summary>
    public required Action<object> OnPush { get; init; }

    /// <summary>Called when it must not be made again, with the reason; before whoever starts it hears of that.</summary>
    public Action<ChatException>? Stopped { get; init; }

    /// <summary>
    /// Starts, or starts again after a stop; does nothing while it runs. Completes when the first attempt has come to an end, in one way or the other, and fails when
    /// it must not be made again.
    /// </summary>
    /// <param name="starting">Called when it does not run yet.</param>
    public Task StartAsync(Action? starting = null)
    {
        lock (_gate)
        {
            if (!_run.IsCompleted && !_isOver)
                return _first.Task;
            _isOver = false;
            starting?.Invoke();
            _ended?.Dispose();
            _ended = new CancellationTokenSource();
            _first = new FirstAttempt();
            _run = Task.Run(() => RunAsync(_ended.Token));
            return _first.Task;
        }
    }

    public async Task StopAsync()
    {
        Task run;
        lock (_gate)
        {
            _ended?.Cancel();
            run = _run;
        }
        await run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _first.End();
        State.Set(new ConnectionState(ConnectionStatus.Idle));
    }

    /// <summary>Connects anew and at once: the network is back, or a new token is there.</summary>
    public void Reconnect()
    {
        lock (_gate)
        {
            _isUnwanted = true;
            Hurry();
        }
        _link?.Close();
    }

    /// <summary>Connects anew after a pause: others are told to do so at the same moment.</summary>
    public void Renew()
    {
        lock (_gate)
            _isUnwanted = true;
        _link?.Close();
    }

    /// <summary>Ends the connection until <see cref="Resume"/>, and returns when there is none any more.</summary>
    public async Task SuspendAsync(CancellationToken cancellation)
    {
        lock (_gate)
        {
            _isSuspended = true;
            _isUnwanted = true;
            Hurry();
        }
        _link?.Close();
        await foreach (var state in State.WatchAsync(cancellation))
        {
            if (state.Status is ConnectionStatus.Idle or ConnectionStatus.Stopped || state.Reason == InBackground)
                return;
        }
    }

    public void Resume()
    {
        lock (_gate)
        {
            _isSuspended = false;
            if (Link is null)
                Hurry();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _ended?.Dispose();
        State.End();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task RunAsync(CancellationToken ended)
    {
        while (!ended.IsCancellationRequested)
        {
            try
            {
                await BeginAsync(ended);
                if (!await LiveAsync(ended))
                    return;
            }
            catch (ChatException e) when (!e.Retryable)
            {
                Stop(e);
                return;
            }
            catch (Exception e) when (!ended.IsCancellationRequested)
            {
                LogFailed(e);
                var refusal = e as ChatException;
                var pause = _backoff.Next();
                await PauseAsync(refusal?.Code ?? "network", refusal?.RetryAfter is { } asked && asked > pause ? asked : pause, ended);
            }
            catch (Exception)
            {
                // The end was asked for.
            }
        }
    }

    /// <summary>One connection from its making to its end. False: it must not be made again.</summary>
    private async Task<bool> LiveAsync(CancellationToken ended)
    {
        State.Set(new ConnectionState(ConnectionStatus.Connecting));
        ILink? link = null;
        // Pushes may come before the assignment below, and go to the same place.
        await using var connected = link = await links.ConnectAsync(push => Take(push, link), ended);
        await Greet(link, ended);
        _backoff.Reset();
        _link = link;
        if (!IsStillWanted())
        {
            _link = null;
            link.Close();
            return await MayReconnectAsync(reason: null, ended);
        }
        State.Set(new ConnectionState(ConnectionStatus.Online, link.Transport));
        LogOnline(link.Transport);
        Arrived();
        _first.End();
        LinkEnd end;
        try
        {
            end = await link.Ended.WaitAsync(ended);
        }
        finally
        {
            _link = null;
            Lost();
        }
        return await MayReconnectAsync(end.Reason, ended);
    }

    private async Task<bool> MayReconnectAsync(string? reason, CancellationToken ended)
    {
        LogEnded(reason ?? "network");
        var known = Codes.FindReason(reason);
        if (known is { Reconnect: false })
        {
            Stop(new ChatException(reason!, known.Meaning));
            return false;
        }
        var isStale = Leaving.ForgetToken(known);
        // After goAway the jitter is over already.
        if (known != DisconnectReason.Drain && known != DisconnectReason.Rebalance && !isStale)
            await PauseAsync(reason ?? "network", _backoff.Next(), ended);
        return true;
    }

    private void Take(object push, ILink? link)
    {
        if (push is not GoAway goAway)
            OnPush(push);
        else if ((link ?? _link) is { } leaving)
            Leaving.Leave(leaving, goAway.Reason);
    }

    // Under the gate.
    private void Hurry()
    {
        _backoff.Reset();
        _hurry.TrySetResult();
    }

    /// <summary>Waits for the foreground. What is asked for from then on is about the connection that is made next.</summary>
    private async Task BeginAsync(CancellationToken ended)
    {
        while (true)
        {
            Task hurry;
            lock (_gate)
            {
                hurry = (_hurry = New()).Task;
                _isUnwanted = false;
                if (!_isSuspended)
                    return;
            }
            State.Set(new ConnectionState(ConnectionStatus.Offline, Reason: InBackground));
            _first.End();
            await hurry.WaitAsync(ended);
        }
    }

    // When it is, what hurried it has come to its end.
    private bool IsStillWanted()
    {
        lock (_gate)
        {
            if (!_isUnwanted)
                _hurry = New();
            return !_isUnwanted;
        }
    }

    private async Task PauseAsync(string reason, TimeSpan pause, CancellationToken ended)
    {
        Task hurry;
        lock (_gate)
            hurry = _hurry.Task;
        if (hurry.IsCompleted)
            return;
        State.Set(new ConnectionState(ConnectionStatus.Offline, Reason: reason, RetryAt: time.GetUtcNow() + pause));
        _first.End();
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(ended);
        await Task.WhenAny(hurry, Task.Delay(pause, time, bound.Token));
        await bound.CancelAsync();
    }

    private void Stop(ChatException reason)
    {
        // A session that is refused says the same as a socket that is closed.
        var word = reason.Detail == DisconnectReason.Blocked.Code ? reason.Detail : reason.Code;
        LogStopped(word);
        State.Set(new ConnectionState(ConnectionStatus.Stopped, Reason: word));
        Stopped?.Invoke(reason);
        FirstAttempt first;
        lock (_gate)
            (_isOver, first) = (true, _first);
        first.End(reason);
    }

    [LoggerMessage(LogLevel.Information, "Online over {Transport}")]
    private partial void LogOnline(ConnectionTransport transport);

    [LoggerMessage(LogLevel.Information, "The connection ended: {Reason}")]
    private partial void LogEnded(string reason);

    [LoggerMessage(LogLevel.Information, "No connection; tries again")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(LogLevel.Warning, "Stopped for good: {Reason}")]
    private partial void LogStopped(string reason);
}
