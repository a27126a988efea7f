using Chat.Contracts;

namespace Chat.Server.Delivery;

/// <summary>Closes sockets whose token has ended, and says so: SignalR's own closing at that moment gives no reason.</summary>
internal sealed class ExpiryWatch(Connections connections, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var now = time.GetUtcNow();
            foreach (var connection in connections.All)
            {
                if (connection.Caller.ExpiresAt <= now)
                    connection.Close(DisconnectReason.Expired);
            }
        }
    }
}
