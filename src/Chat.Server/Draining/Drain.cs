using Chat.Contracts;
using Chat.Server.Delivery;
using Chat.Server.Hubs;
using Microsoft.Extensions.Options;

namespace Chat.Server.Draining;

/// <summary>Gives this node's sockets away, each at its own moment, so that the others are not met by all of them at once.</summary>
internal sealed partial class Drain(
    Connections connections,
    Admission admission,
    IOptions<DrainOptions> options,
    TimeProvider time,
    ILogger<Drain> logger
)
{
    /// <summary>After the last close: how long sockets may take to end.</summary>
    internal static readonly TimeSpan LastWait = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);

    /// <summary>To be called when nothing new is let in.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var settings = options.Value;
        LogStarted(admission.Inside);
        await Task.Delay(settings.Propagation, time, cancellation);
        var departures = new Departures(settings.CloseAfter, time);
        var waves = new Waves(connections, settings.Window > settings.CloseAfter ? settings.Window - settings.CloseAfter : TimeSpan.Zero);
        var started = time.GetTimestamp();
        // Those in their handshake come into the list while we go through it.
        for (var elapsed = TimeSpan.Zero; admission.Inside > 0 && elapsed < waves.Spread + settings.CloseAfter + LastWait; )
        {
            foreach (var connection in waves.Due(elapsed))
                departures.Tell(connection, DisconnectReason.Drain);
            departures.CloseDue();
            await Task.Delay(Tick, time, cancellation);
            elapsed = time.GetElapsedTime(started);
        }
        LogEnded(admission.Inside);
    }

    /// <summary>Who is told when. Equal steps over a shuffled order: random for each socket, even for the other nodes.</summary>
    private sealed class Waves(Connections connections, TimeSpan spread)
    {
        private readonly HashSet<string> _known = new(StringComparer.Ordinal);
        private readonly Queue<ClientConnection> _waiting = [];
        private int _told;

        public TimeSpan Spread => spread;

        public IEnumerable<ClientConnection> Due(TimeSpan elapsed)
        {
            if (_waiting.Count == 0)
                TakeNew();
            var share = spread > elapsed ? elapsed / spread : 1;
            var due = (int)Math.Ceiling((_told + _waiting.Count) * share);
            for (; _told < due && _waiting.TryDequeue(out var next); _told++)
                yield return next;
        }

        private void TakeNew()
        {
            var all = connections.All.Where(connection => _known.Add(connection.Id)).ToArray();
            Random.Shared.Shuffle(all);
            foreach (var connection in all)
                _waiting.Enqueue(connection);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Draining {Sockets} sockets")]
    private partial void LogStarted(int sockets);

    [LoggerMessage(Level = LogLevel.Information, Message = "Drained, {Sockets} sockets are left")]
    private partial void LogEnded(int sockets);
}
