using Chat.Contracts;
using Microsoft.Extensions.Logging;

namespace Chat.Client;

/// <summary>Keeps a client connected: for ever, with growing pauses, until the server or the app says that it is over.</summary>
internal sealed partial class ConnectionLoop(ILinkFactory links, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private const string InBackground = "background";

    private static readonly TimeSpan LeaveWithin = TimeSpan.FromSeconds(1);

    private readonly Backoff _backoff = new(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(30));
    private readonly Lock _gate = new();

    // Guarded by the gate, as are all up to _isSuspended. Completed: the next pause is left out.
    private TaskCompletionSource _hurry = New();
    private CancellationTokenSource? _ended;
    private Task _run = Task.CompletedTask;
    private bool _isSuspended;

    // Guarded by the gate: the connection that is there or being made is to be ended.
    private bool _isUnwanted;
    private volatile ILink? _link;

    public Store<ConnectionState> State { get; } = new(new ConnectionState(ConnectionStatus.Idle));

    /// <summary>The connection, while it is online.</summary>
    public ILink? Link => _link is { Ended.IsCompleted: false } link ? link : null;

    /// <summary>Says Hello on a fresh connection; when it returns, the client is online.</summary>
    public required Func<ILink, CancellationToken, Task> Greet { get; init; }

    /// <summary>Called after it has become online.</summary>
    public required Action Arrived { get; init; }

    /// <summary>Called after it has ceased to be.</summary>
    public required Action Lost { get; init; }

    /// <summary>Takes what the server sends, but for goAway.</summary>
    public required Action<object> OnPush { get; init; }

    /// <summary>Starts, or starts again after a stop. Does nothing while it runs.</summary>
    public void Start()
    {
        lock (_gate)
        {
            if (!_run.IsCompleted)
                return;
            _ended?.Dispose();
            _ended = new CancellationTokenSource();
            _run = Task.Run(() => RunAsync(_ended.Token));
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
                Stop(e.Code);
                return;
            }
            catch (Exception e) when (!ended.IsCancellationRequested)
            {
                LogFailed(e);
                await PauseAsync("network", _backoff.Next(), ended);
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
            Stop(reason!);
            return false;
        }
        var isStale = known == DisconnectReason.Expired || known == DisconnectReason.AccessChanged;
        if (isStale)
            links.ForgetToken();
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
            _ = LeaveAsync(leaving, goAway.Reason);
    }

    // Until then the connection is as good as ever.
    private async Task LeaveAsync(ILink link, string reason)
    {
        await Task.WhenAny(link.Ended, Task.Delay(Backoff.Jitter(LeaveWithin), time));
        link.Close(reason);
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
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(ended);
        await Task.WhenAny(hurry, Task.Delay(pause, time, bound.Token));
        await bound.CancelAsync();
    }

    private void Stop(string reason)
    {
        LogStopped(reason);
        State.Set(new ConnectionState(ConnectionStatus.Stopped, Reason: reason));
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
