namespace Chat.Server.Delivery;

/// <summary>Cuts sockets whose client has not read for long although frames were dropped behind it: it comes back and catches up.</summary>
internal sealed class StallWatch(Connections connections, TimeProvider time) : BackgroundService
{
    /// <summary>From the first dropped frame, or from the last progress if that was later, to the cut.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            foreach (var connection in connections.All)
            {
                if (connection.StalledFor > Patience)
                    connection.Cut();
            }
        }
    }
}
