using Chat.Contracts;
using Chat.Server.Delivery;
using Microsoft.Extensions.Options;

namespace Chat.Server.Draining;

/// <summary>Gives this node's sockets away, each at its own moment, so that the others are not met by all of them at once.</summary>
internal sealed partial class Drain(Connections connections, IOptions<DrainOptions> options, TimeProvider time, ILogger<Drain> logger)
{
    /// <summary>After the last close: how long sockets may take to end.</summary>
    private static readonly TimeSpan LastWait = TimeSpan.FromSeconds(2);

    public async Task RunAsync(CancellationToken cancellation)
    {
        var settings = options.Value;
        LogStarted(connections.Count);
        await Task.Delay(settings.Propagation, time, cancellation);
        // Nothing new is accepted by now, so what is here is all there is.
        var all = connections.All.ToArray();
        Random.Shared.Shuffle(all);
        using var sending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await Task.WhenAny(SendAwayAsync(all, settings, sending.Token), connections.Emptied(cancellation));
        await sending.CancelAsync();
        await Task.WhenAny(connections.Emptied(cancellation), Task.Delay(LastWait, time, cancellation));
        LogEnded(connections.Count);
    }

    private async Task SendAwayAsync(ClientConnection[] all, DrainOptions settings, CancellationToken cancellation)
    {
        var closing = new Queue<(ClientConnection Connection, long At)>();
        for (var i = 0; i < all.Length; i++)
        {
            // Equal steps over a shuffled order: random for each socket, even for the other nodes.
            if (settings.Window > TimeSpan.Zero)
                await Task.Delay(settings.Window / all.Length, time, cancellation);
            all[i].SendGoAway(DisconnectReason.Drain);
            closing.Enqueue((all[i], time.GetTimestamp()));
            while (closing.TryPeek(out var first) && time.GetElapsedTime(first.At) >= settings.CloseAfter)
                closing.Dequeue().Connection.RequestClose();
        }
        while (closing.TryDequeue(out var last))
        {
            var rest = settings.CloseAfter - time.GetElapsedTime(last.At);
            if (rest > TimeSpan.Zero)
                await Task.Delay(rest, time, cancellation);
            last.Connection.RequestClose();
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Draining {Sockets} sockets")]
    private partial void LogStarted(int sockets);

    [LoggerMessage(Level = LogLevel.Information, Message = "Drained, {Sockets} sockets are left")]
    private partial void LogEnded(int sockets);
}
