using Chat.Server.Inboxes;
using Chat.Server.Storage;

namespace Chat.Server.Hosting;

/// <summary>Waits for the database once, checks its schema, reads what every call needs, and only then makes the node ready.</summary>
internal sealed partial class Startup(
    ISchema schema,
    IInboxDirectory directory,
    NodeState state,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<Startup> logger
) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var found = await schema.CheckAsync(stoppingToken);
                if (!found.IsUsable)
                {
                    LogSchema(found.Sentence);
                    Environment.ExitCode = 3;
                    lifetime.StopApplication();
                    return;
                }
                await directory.RefreshAsync(stoppingToken);
                state.SetReady();
                LogReady();
                return;
            }
            catch (StoreUnavailableException e)
            {
                LogWaiting(e.Message);
            }
            await Task.Delay(Pause, time, stoppingToken);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Ready")]
    private partial void LogReady();

    [LoggerMessage(Level = LogLevel.Warning, Message = "Waiting for the database: {Reason}")]
    private partial void LogWaiting(string reason);

    [LoggerMessage(Level = LogLevel.Critical, Message = "{Sentence}")]
    private partial void LogSchema(string sentence);
}
