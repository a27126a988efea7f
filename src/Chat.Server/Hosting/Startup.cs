using System.Diagnostics;
using Chat.Server.Identity;
using Chat.Server.Inboxes;
using Chat.Server.Storage;
using Chat.Server.Visitors;
using Chat.Server.Web;
using Microsoft.Extensions.Options;

namespace Chat.Server.Hosting;

/// <summary>
/// Waits for the database once, checks its schema, reads what every call needs, and only then makes the node ready. An embedded database is migrated
/// on the spot, PostgreSQL only ever by the command, since other versions may be running on it.
/// </summary>
internal sealed partial class Startup(
    StartupSteps steps,
    NodeState state,
    IHostApplicationLifetime lifetime,
    EndpointDataSource routes,
    TimeProvider time,
    ILogger<Startup> logger
) : BackgroundLoop(time, logger)
{
    private const int SchemaTooOld = 3;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        string? said = null;
        while (true)
        {
            try
            {
                var isReady = await steps.RunAsync(stoppingToken);
                // Before that nobody is listening, and a host that is told to stop fails instead of stopping.
                await StartedAsync(stoppingToken);
                if (!isReady)
                {
                    LogSchema(Logger);
                    Environment.ExitCode = SchemaTooOld;
                    lifetime.StopApplication();
                    return;
                }
                state.SetReady();
                var age = Time.GetUtcNow() - ProcessStart();
                LogReady(Logger, (int)age.TotalMilliseconds);
                // They are built when somebody asks for them: better now than by the first caller.
                _ = routes.Endpoints;
                return;
            }
            catch (StoreUnavailableException e) when (e is not StoreRefusedException)
            {
                if (e.Message != said)
                    LogWaiting(Logger, said = e.Message);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                await StartedAsync(stoppingToken);
                state.SetFault(e);
                lifetime.StopApplication();
                return;
            }
            await Task.Delay(Pause, Time, stoppingToken);
        }
    }

    private static DateTimeOffset ProcessStart()
    {
        using var process = Process.GetCurrentProcess();
        return new DateTimeOffset(process.StartTime);
    }

    private async Task StartedAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (lifetime.ApplicationStarted.Register(started.SetResult))
            await started.Task.WaitAsync(stoppingToken);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Ready after {Milliseconds} ms")]
    private static partial void LogReady(ILogger logger, int milliseconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Waiting for the database: {Reason}")]
    private static partial void LogWaiting(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The database's schema is older than this server: run the command migrate first")]
    private static partial void LogSchema(ILogger logger);
}

/// <summary>What must be there before the first call.</summary>
internal sealed class StartupSteps(
    ISchema schema,
    IOptions<StorageOptions> storage,
    SigningKeys keys,
    IInboxDirectory directory,
    VisitorBlocks blocks,
    RefreshFamilies families,
    AssetStore assets,
    DemoSeed seed
)
{
    private Task<bool>? _begun;

    /// <summary>The embedded default's first account; null when the database had one.</summary>
    public DemoAccount? Demo { get; private set; }

    /// <summary>Runs them beside what else a start has to do; the first <see cref="RunAsync"/> has the outcome.</summary>
    public void Begin(CancellationToken cancellation) => _begun = Task.Run(() => TryAsync(cancellation), CancellationToken.None);

    /// <summary>False: the schema is older than this server.</summary>
    public Task<bool> RunAsync(CancellationToken cancellation) => Interlocked.Exchange(ref _begun, null) ?? TryAsync(cancellation);

    private async Task<bool> TryAsync(CancellationToken cancellation)
    {
        var embedded = storage.Value.Provider == StorageProvider.Sqlite;
        if (embedded)
            await schema.MigrateAsync(cancellation);
        else if (await schema.CheckAsync(cancellation) == SchemaState.Older)
            return false;
        await Task.WhenAll(
            keys.StartAsync(cancellation),
            directory.RefreshAsync(cancellation),
            blocks.RefreshAsync(cancellation),
            families.LearnEndsAsync(cancellation)
        );
        if (!embedded)
            return true;
        await assets.KeepAsync(cancellation);
        Demo = await seed.SeedAsync(cancellation);
        return true;
    }
}
