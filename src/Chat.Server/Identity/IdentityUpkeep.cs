using System.Threading.Channels;
using Chat.Server.Hosting;
using Chat.Server.Operators;

namespace Chat.Server.Identity;

/// <summary>
/// Keeps what this node remembers of the database fresh: everything that rights hang on every 15 s, so that a change made on another node or by a command
/// holds everywhere soon even without the bus. Once an hour it forgets expired refresh tokens and ID tokens.
/// </summary>
internal sealed class IdentityUpkeep(
    RightsReader rights,
    RefreshFamilies families,
    UsedIdTokens idTokens,
    TimeProvider time,
    ILogger<IdentityUpkeep> logger
) : BackgroundLoop(time, logger)
{
    private const int RoundsPerPurge = 240;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(15);

    // One permit: read now.
    private readonly Channel<bool> _now = Channel.CreateBounded<bool>(1);
    private int _round;

    /// <summary>Reads without waiting for the period to end.</summary>
    public void Wake() => _now.Writer.TryWrite(true);

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        // The start reads it first, and has a sentence for what it cannot read: nobody wakes this before.
        await Task.Delay(Period, Time, stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            await TryAsync(RefreshAsync, stoppingToken);
            await WaitAsync(stoppingToken);
        }
    }

    private async Task RefreshAsync(CancellationToken cancellation)
    {
        await rights.ReadAsync(cancellation);
        if (++_round % RoundsPerPurge != 0)
            return;
        await families.PurgeAsync(cancellation);
        await idTokens.PurgeAsync(cancellation);
    }

    private async Task WaitAsync(CancellationToken cancellation)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await Task.WhenAny(Task.Delay(Period, Time, ended.Token), _now.Reader.WaitToReadAsync(ended.Token).AsTask());
        await ended.CancelAsync();
        _now.Reader.TryRead(out _);
        cancellation.ThrowIfCancellationRequested();
    }
}
