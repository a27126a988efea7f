using Chat.Server.Inboxes;
using Chat.Server.Visitors;

namespace Chat.Server.Identity;

/// <summary>
/// Keeps what this node remembers of the database fresh: directory and signing keys every 15 s, so that a change made on another node or by a command
/// holds everywhere soon even without the bus. Once an hour it forgets expired refresh tokens.
/// </summary>
internal sealed partial class IdentityUpkeep(
    InboxDirectory directory,
    VisitorBlocks blocks,
    SigningKeys keys,
    RefreshFamilies families,
    TimeProvider time,
    ILogger<IdentityUpkeep> logger
) : BackgroundService
{
    private const int RoundsPerPurge = 240;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        for (var round = 1; await timer.WaitForNextTickAsync(stoppingToken); round++)
        {
            try
            {
                await directory.RefreshAsync(stoppingToken);
                await blocks.RefreshAsync(stoppingToken);
                await keys.RefreshAsync(stoppingToken);
                if (round % RoundsPerPurge == 0)
                    await families.PurgeAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                LogStale(exception);
            }
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Inboxes, operators and keys could not be read again; this node goes on with what it knows"
    )]
    private partial void LogStale(Exception exception);
}
