using System.Diagnostics.Metrics;
using Chat.Server.Observability;
using Chat.Server.Storage;

namespace Chat.Server.Hosting;

/// <summary>
/// Base of everything that runs beside the calls. A round that fails never ends the host: it is counted, logged once for each outage and reason, and followed
/// by a pause that grows. What the weather or an administrator ends is an outage, a warning in the log; everything else is a fault of this server, an error.
/// </summary>
internal abstract partial class BackgroundLoop(TimeProvider time, ILogger logger) : BackgroundService
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);

    /// <summary>Short, because it is also how late a loop may be once all is well again: clients wait for what a read would bring.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private static readonly Counter<long> Failures = ChatMeter.Meter.CreateCounter<long>(
        "chat.loop.failures",
        "{round}",
        "Failed rounds of background loops by loop and kind: outage (the database or another service), fault (of this server)."
    );

    /// <summary>Reasons logged in one outage; more are the same trouble in other words.</summary>
    private const int MostReasons = 8;

    // Guards the two fields.
    private readonly Lock _gate = new();
    private readonly HashSet<string> _reasons = new(StringComparer.Ordinal);
    private int _failed;

    protected TimeProvider Time => time;

    protected ILogger Logger => logger;

    /// <summary>The loop. It is run again when it throws, so what it remembers has to stand that.</summary>
    protected abstract Task RunAsync(CancellationToken stoppingToken);

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Alerts take an absent figure for an unknown one.
        foreach (var kind in (ReadOnlySpan<string>)["outage", "fault"])
            Failures.Add(0, new("loop", GetType().Name), new("kind", kind));
        try
        {
            while (!await TryAsync(RunAsync, stoppingToken)) { }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host takes it for a failure when it was never told to stop, as after a start that failed.
        }
    }

    /// <summary>Makes a round each period, whatever became of the one before.</summary>
    protected async Task EveryAsync(TimeSpan period, Func<CancellationToken, Task> round, CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await TryAsync(round, stoppingToken);
    }

    /// <summary>Makes one round. Returns false, after a pause, when it failed; throws only when the host stops.</summary>
    protected async Task<bool> TryAsync(Func<CancellationToken, Task> round, CancellationToken stoppingToken) =>
        await AttemptAsync(round, stoppingToken) == RoundEnd.Done;

    /// <summary>Makes one round again and again until no outage ends it. What a fault of this server ends is left: others may succeed.</summary>
    protected async Task UntilDoneAsync(Func<CancellationToken, Task> round, CancellationToken stoppingToken)
    {
        while (await AttemptAsync(round, stoppingToken) == RoundEnd.Outage) { }
    }

    /// <summary>Makes one round, as <see cref="TryAsync"/>, and says how it ended.</summary>
    protected async Task<RoundEnd> AttemptAsync(Func<CancellationToken, Task> round, CancellationToken stoppingToken)
    {
        try
        {
            await round(stoppingToken);
            Succeed();
            return RoundEnd.Done;
        }
        catch (ObjectDisposedException e) when (stoppingToken.IsCancellationRequested)
        {
            // After a start that failed nobody waits for a round before what it works with is taken away.
            throw new OperationCanceledException("The host has ended.", e, stoppingToken);
        }
        catch (Exception e) when (!(e is OperationCanceledException && stoppingToken.IsCancellationRequested))
        {
            var isFault = e is not (StoreUnavailableException or TimeoutException or OperationCanceledException);
            await Task.Delay(Fail(e, isFault), time, stoppingToken);
            return isFault ? RoundEnd.Fault : RoundEnd.Outage;
        }
    }

    private void Succeed()
    {
        lock (_gate)
        {
            if (_failed == 0)
                return;
            _failed = 0;
            _reasons.Clear();
        }
        LogGoesOn(GetType().Name);
    }

    /// <summary>Counts and logs; returns the pause.</summary>
    private TimeSpan Fail(Exception e, bool isFault)
    {
        var loop = GetType().Name;
        Failures.Add(1, new("loop", loop), new("kind", isFault ? "fault" : "outage"));
        int failed;
        bool isNews;
        lock (_gate)
        {
            failed = _failed++;
            isNews = _reasons.Count < MostReasons && _reasons.Add($"{e.GetType()} {e.Message}");
        }
        if (isNews && isFault)
            LogFault(e, loop);
        else if (isNews)
            LogOutage(loop, e.Message);
        var pause = FirstPause * Math.Pow(2, Math.Min(failed, 10));
        return pause < LongestPause ? pause : LongestPause;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Background loop {Loop} cannot do its work now and tries again: {Reason}")]
    private partial void LogOutage(string loop, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Background loop {Loop} failed by a fault of this server and tries again")]
    private partial void LogFault(Exception exception, string loop);

    [LoggerMessage(Level = LogLevel.Information, Message = "Background loop {Loop} works again")]
    private partial void LogGoesOn(string loop);

    protected enum RoundEnd
    {
        Done,
        Outage,
        Fault,
    }
}
