namespace Chat.Server.Presence;

/// <summary>
/// Compares what clients were told with the leases: a node that died said nothing, and a message of the bus may be lost. While nobody can say who is
/// on the other nodes nothing is told.
/// </summary>
internal sealed class PresenceSweep(VisitorSweep visitors, OperatorSweep operators, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await visitors.SweepAsync(stoppingToken);
            await operators.SweepAsync(stoppingToken);
        }
    }
}
