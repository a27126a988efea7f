using Chat.Server.Hosting;

namespace Chat.Server.Presence;

/// <summary>
/// Compares what clients were told with the leases: a node that died said nothing, and a message of the bus may be lost. While nobody can say who is
/// on the other nodes nothing is told.
/// </summary>
internal sealed class PresenceSweep(VisitorSweep visitors, OperatorSweep operators, TimeProvider time, ILogger<PresenceSweep> logger)
    : BackgroundLoop(time, logger)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(15);

    protected override Task RunAsync(CancellationToken stoppingToken) => EveryAsync(Period, SweepAsync, stoppingToken);

    private async Task SweepAsync(CancellationToken cancellation)
    {
        await visitors.SweepAsync(cancellation);
        await operators.SweepAsync(cancellation);
    }
}
