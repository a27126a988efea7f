using Chat.Server.Conversations.Changes;
using Chat.Server.Messages;
using Chat.Server.Storage;

namespace Chat.Server.Conversations;

/// <summary>
/// Wakes snoozed conversations whose time has come. Every node looks; the clientId of a wake-up comes from its row, so that several nodes together
/// wake it once.
/// </summary>
internal sealed partial class SnoozeLoop(IEventLog log, AppendLanes lanes, TimeProvider time, ILogger<SnoozeLoop> logger)
    : BackgroundService
{
    /// <summary>How late a wake-up may be.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    private const int AtOnce = 100;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                while (await WakeAsync(stoppingToken))
                {
                    // Many were snoozed until the same morning.
                }
            }
            catch (StoreUnavailableException e)
            {
                LogFailed(e.Message);
            }
        }
    }

    /// <summary>Whether there may be more.</summary>
    private async Task<bool> WakeAsync(CancellationToken cancellation)
    {
        var due = await log.ReadDueAsync(time.GetUtcNow(), AtOnce, cancellation);
        var woken = await Task.WhenAll(due.Select(wake => lanes.ChangeAsync(WakeChange.Of(wake.Id, wake.ClientId), null)));
        return due.Count == AtOnce && woken.Any(outcome => !outcome.IsRefused);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Snoozed conversations could not be looked for: {Reason}")]
    private partial void LogFailed(string reason);
}
