using Chat.Contracts;
using Chat.Server.Bus;
using Chat.Server.Conversations;
using Chat.Server.Delivery;
using Chat.Server.Hosting;
using Chat.Server.Storage;
using Microsoft.Extensions.Options;

namespace Chat.Server.Messages;

/// <summary>The lanes of this node: the one way into the log for everything that has a conversation. A conversation always uses the same lane.</summary>
internal sealed class AppendLanes : BackgroundLoop
{
    /// <summary>How much later than due a caller may learn that he waited for too long.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    private readonly AppendLane[] _lanes;

    public AppendLanes(IEventLog log, Publisher publisher, IEventBus bus, LaneServices services)
        : base(services.Time, services.Logger)
    {
        _lanes = new AppendLane[services.Options.Value.Count];
        for (var i = 0; i < _lanes.Length; i++)
            _lanes[i] = new AppendLane(log, publisher, bus, services.Time, services.Logger);
    }

    /// <summary>What is queued is still stored, as long as the host's patience lasts.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        foreach (var lane in _lanes)
            lane.Complete();
        if (ExecuteTask is { } running)
            await Task.WhenAny(running, Task.Delay(Timeout.InfiniteTimeSpan, Time, cancellationToken));
        await base.StopAsync(cancellationToken);
    }

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        await using var clock = Time.CreateTimer(_ => Expire(), null, Tick, Tick);
        await Task.WhenAll(_lanes.Select(lane => KeepAsync(lane, stoppingToken)));
    }

    /// <summary>A lane that fails goes on; without it its conversations would take no message until the node is restarted.</summary>
    private async Task KeepAsync(AppendLane lane, CancellationToken stoppingToken)
    {
        try
        {
            while (!await TryAsync(lane.RunAsync, stoppingToken)) { }
        }
        finally
        {
            lane.End();
        }
    }

    /// <summary>Stores a message or note.</summary>
    public Task<Outcome<Stored>> AppendAsync(MessageAppend message, ClientConnection? except) =>
        AddAsync(message.ConversationId, LaneItem.Of(message, except, Time.GetTimestamp()));

    /// <summary>Stores a change.</summary>
    public Task<Outcome<Stored>> ChangeAsync(ConversationChange change, ClientConnection? except) =>
        AddAsync(change.ConversationId, LaneItem.Of(change, except, Time.GetTimestamp()));

    private Task<Outcome<Stored>> AddAsync(ConversationId id, LaneItem item)
    {
        var lane = _lanes[(int)((uint)id.Value.GetHashCode() % (uint)_lanes.Length)];
        if (!lane.TryAdd(item))
            item.Refuse(ErrorCode.Unavailable);
        return item.Done;
    }

    private void Expire()
    {
        foreach (var lane in _lanes)
            lane.Expire();
    }
}

/// <summary>What lanes need besides what they connect.</summary>
internal sealed record LaneServices(IOptions<LaneOptions> Options, TimeProvider Time, ILogger<AppendLane> Logger);
