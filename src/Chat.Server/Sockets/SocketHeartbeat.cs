using Chat.Server.Hosting;

namespace Chat.Server.Sockets;

/// <summary>
/// Beats once a second for every socket: pings, and the look whether its token has ended and its client is still there. At the end: those who are left are
/// asked to go.
/// </summary>
internal sealed class SocketHeartbeat(
    OpenSockets sockets,
    IHostApplicationLifetime host,
    TimeProvider time,
    ILogger<SocketHeartbeat> logger
) : BackgroundLoop(time, logger)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        await using var end = host.ApplicationStopping.Register(RequestClose);
        await EveryAsync(Period, BeatAsync, stoppingToken);
    }

    private Task BeatAsync(CancellationToken cancellation)
    {
        var now = Time.GetUtcNow();
        foreach (var socket in sockets.All)
            socket.Beat(now);
        return Task.CompletedTask;
    }

    private void RequestClose()
    {
        foreach (var socket in sockets.All)
            socket.RequestClose();
    }
}
