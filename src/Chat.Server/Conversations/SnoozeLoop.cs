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
                foreach (var due in await log.ReadDueAsync(time.GetUtcNow(), AtOnce, stoppingToken))
                    await lanes.ChangeAsync(WakeChange.Of(due.Id, due.ClientId), null);
            }
            catch (StoreUnavailableException e)
            {
                LogFailed(e.Message);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Snoozed conversations could not be looked for: {Reason}")]
    private partial void LogFailed(string reason);
}
