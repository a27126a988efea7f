using Chat.Server.Delivery;

namespace Chat.Server.Sockets;

/// <summary>
/// Once a second for every socket: pings, and the look whether its token has ended and its client is still there. At the end: those who are left are asked
/// to go.
/// </summary>
internal sealed class SocketHeartbeat(Connections connections, IHostApplicationLifetime host, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var end = host.ApplicationStopping.Register(RequestClose);
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var now = time.GetUtcNow();
            foreach (var connection in connections.All)
                connection.Beat(now);
        }
    }

    private void RequestClose()
    {
        foreach (var connection in connections.All)
            connection.RequestClose();
    }
}
