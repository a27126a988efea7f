using Chat.Contracts;
using Chat.Server.Delivery;
using Chat.Server.Hosting;
using Chat.Server.Hubs;
using Microsoft.Extensions.Options;

namespace Chat.Server.Draining;

/// <summary>
/// Sends old sockets elsewhere. After a scale-up new nodes would stay empty, since sockets stay where they are; with a greatest age the balancer
/// deals them anew, a few at a time. Off by default.
/// </summary>
internal sealed class AgeWatch(
    Connections connections,
    IOptions<AdmissionOptions> admission,
    IOptions<DrainOptions> drain,
    TimeProvider time,
    ILogger<AgeWatch> logger
) : BackgroundLoop(time, logger)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    // Touched by the loop only: when each socket has to go.
    private readonly Dictionary<string, long> _until = new(StringComparer.Ordinal);

    protected override Task RunAsync(CancellationToken stoppingToken)
    {
        var age = admission.Value.MaxAge;
        if (age <= TimeSpan.Zero)
            return Task.CompletedTask;
        var departures = new Departures(drain.Value.CloseAfter, Time);
        return EveryAsync(
            Period,
            _ =>
            {
                foreach (var connection in TooOld(age))
                    departures.Tell(connection, DisconnectReason.Rebalance);
                departures.CloseDue();
                return Task.CompletedTask;
            },
            stoppingToken
        );
    }

    private List<ClientConnection> TooOld(TimeSpan age)
    {
        var now = Time.GetTimestamp();
        var old = new List<ClientConnection>();
        foreach (var connection in connections.All)
        {
            // A tenth more or less, so that those who came together do not go together.
            if (
                _until.TryAdd(
                    connection.Id,
                    now + (long)(age.TotalSeconds * (0.9 + 0.2 * Random.Shared.NextDouble()) * Time.TimestampFrequency)
                )
            )
                continue;
            if (_until[connection.Id] > now)
                continue;
            _until[connection.Id] = long.MaxValue;
            old.Add(connection);
        }
        if (_until.Count > 2 * connections.Count)
            Forget();
        return old;
    }

    private void Forget()
    {
        var ids = connections.All.Select(connection => connection.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var gone in _until.Keys.Where(id => !ids.Contains(id)).ToArray())
            _until.Remove(gone);
    }
}
