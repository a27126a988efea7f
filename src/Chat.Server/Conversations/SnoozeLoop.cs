using Chat.Server.Conversations.Changes;
using Chat.Server.Hosting;
using Chat.Server.Messages;
using Chat.Server.Storage;

namespace Chat.Server.Conversations;

/// <summary>
/// Wakes snoozed conversations whose time has come. Every node looks; the clientId of a wake-up comes from its row, so that several nodes together
/// wake it once.
/// </summary>
internal sealed class SnoozeLoop(IEventLog log, AppendLanes lanes, TimeProvider time, ILogger<SnoozeLoop> logger)
    : BackgroundLoop(time, logger)
{
    /// <summary>How late a wake-up may be.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    private const int AtOnce = 100;

    protected override Task RunAsync(CancellationToken stoppingToken) => EveryAsync(Period, WakeAllAsync, stoppingToken);

    private async Task WakeAllAsync(CancellationToken cancellation)
    {
        while (await WakeAsync(cancellation))
        {
            // Many were snoozed until the same morning.
        }
    }

    /// <summary>One after the other: messages wait in the same lanes. Whether there may be more.</summary>
    private async Task<bool> WakeAsync(CancellationToken cancellation)
    {
        var due = await log.ReadDueAsync(Time.GetUtcNow(), AtOnce, cancellation);
        var woken = 0;
        foreach (var wake in due)
        {
            var outcome = await lanes.ChangeAsync(WakeChange.Of(wake.Id, wake.ClientId), null);
            if (outcome is { IsRefused: false, Value: { Event: not null, Duplicate: false } })
                woken++;
        }
        // None: others are at it, or the database's clock is behind.
        return due.Count == AtOnce && woken > 0;
    }
}
