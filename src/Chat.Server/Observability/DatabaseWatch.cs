using System.Diagnostics.Metrics;
using Chat.Server.Delivery;
using Chat.Server.Hosting;
using Chat.Server.Inboxes;
using Chat.Server.Storage;

namespace Chat.Server.Observability;

/// <summary>
/// Asks the database what only it knows: whether it answers, what an acknowledgement is worth, how long the queues are, how far the partitions reach, what was not
/// confirmed. Figures that could not be read are left out and not repeated.
/// </summary>
internal sealed partial class DatabaseWatch(
    IDatabase database,
    IInboxDirectory inboxes,
    Connections connections,
    NodeState state,
    WatchPace pace,
    ILogger<DatabaseWatch> logger
) : BackgroundLoop(pace.Time, logger)
{
    /// <summary>Labels are bounded: the inboxes with the longest queues.</summary>
    private const int MaxQueues = 50;

    /// <summary>Conversations whose delivery is looked at in one round.</summary>
    private const int MaxWatched = 500;

    // Written by the loop only; whole objects, so that a scrape sees the figures of one round.
    private volatile DatabaseFigures? _figures;
    private volatile Durability? _durability;
    private volatile bool _isUp = true;

    public bool IsUp => _isUp;

    /// <summary>What it was when it could last be read; null before.</summary>
    public Durability? Durability => _durability;

    public double? DaysAhead => _figures?.DaysAhead;

    public int? Watched => _figures?.Watched;

    public int? MostOfVisitor => _figures?.MostOfVisitor;

    public int? Unconfirmed => _figures?.Unconfirmed;

    public IEnumerable<Measurement<double>> Queues(Func<QueueFigure, double> value) =>
        (_figures?.Queues ?? []).Select(queue => new Measurement<double>(
            value(queue),
            new KeyValuePair<string, object?>("inbox", inboxes.Find(queue.InboxId)?.Key ?? "")
        ));

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        await state.Started.WaitAsync(stoppingToken);
        var rounds = 0;
        using var timer = new PeriodicTimer(pace.Period, pace.Time);
        do
        {
            try
            {
                using var bound = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
                bound.CancelAfter(pace.Period);
                if (rounds++ % WatchPace.FiguresEvery == 0 || !_isUp)
                    _figures = await DatabaseFigures.ReadAsync(database, WatchedConversations(), MaxQueues, bound.Token);
                Report(await database.ReadDurabilityAsync(bound.Token));
                Report(true);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                _figures = null;
                Report(false, e);
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>Of visitors, since they confirm one conversation at a time; a random part where there are many.</summary>
    private Guid[] WatchedConversations()
    {
        var all = connections.All.Where(c => !c.Caller.IsOperator).SelectMany(c => c.Following()).Select(owner => owner.Id.Value).ToArray();
        if (all.Length <= MaxWatched)
            return all;
        Random.Shared.Shuffle(all);
        return all[..MaxWatched];
    }

    private void Report(Durability durability)
    {
        if (durability == _durability)
            return;
        var isLess = durability.Servers < (_durability?.Servers ?? 1);
        _durability = durability;
        // An embedded database is what it is.
        if (database.Dialect == SqlDialect.Postgres)
            LogDurability(isLess ? LogLevel.Warning : LogLevel.Information, durability);
    }

    /// <summary>One line for each change.</summary>
    private void Report(bool up, Exception? reason = null)
    {
        if (up == _isUp)
            return;
        _isUp = up;
        if (up)
            LogUp(Logger);
        else
            LogDown(Logger, reason!.Message);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database does not answer: {Reason}")]
    private static partial void LogDown(ILogger logger, string reason);

    [LoggerMessage(Message = "What an acknowledgement is worth: {Durability}")]
    private partial void LogDurability(LogLevel level, Durability durability);

    [LoggerMessage(Level = LogLevel.Information, Message = "The database answers again")]
    private static partial void LogUp(ILogger logger);
}

/// <summary>How often the database is asked.</summary>
internal sealed record WatchPace(TimeProvider Time)
{
    /// <summary>Figures are read once in so many rounds.</summary>
    public const int FiguresEvery = 3;

    /// <summary>Also the time that an answer may take.</summary>
    public TimeSpan Period { get; } = TimeSpan.FromSeconds(5);
}
