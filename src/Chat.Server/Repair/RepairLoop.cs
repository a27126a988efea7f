using System.Threading.Channels;
using Chat.Server.Bus;
using Chat.Server.Delivery;
using Chat.Server.Hosting;
using Chat.Server.Observability;
using Chat.Server.Storage;
using Microsoft.Extensions.Options;

namespace Chat.Server.Repair;

/// <summary>
/// The reason why a lost bus message is only a late one. Compares what this node has delivered with the database: the heads and cursors of followed
/// conversations, and the rows of watched inboxes. Rarely while the bus is up, every second while it is down, at once when it comes back.
/// </summary>
internal sealed partial class RepairLoop(
    IEventLog log,
    Topics topics,
    HoleFetcher fetcher,
    InboxWatch watch,
    RepairDependencies dependencies,
    ILogger<RepairLoop> logger
) : BackgroundLoop(dependencies.Time, logger)
{
    private const int HeadsAtOnce = 500;

    // One permit: repair now.
    private readonly Channel<bool> _now = Channel.CreateBounded<bool>(1);
    private int _epoch;

    /// <summary>Repairs without waiting for the period to end.</summary>
    public void Wake() => _now.Writer.TryWrite(true);

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        var options = dependencies.Options.Value;
        while (!stoppingToken.IsCancellationRequested)
        {
            await WaitAsync(dependencies.Bus.IsUp ? options.Period : options.PeriodWhileDown, stoppingToken);
            await RepairConversationsAsync(options, stoppingToken);
            await UntilDoneAsync(RepairInboxesAsync, stoppingToken);
        }
    }

    private async Task WaitAsync(TimeSpan period, CancellationToken cancellation)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await Task.WhenAny(Task.Delay(period, dependencies.Time, ended.Token), _now.Reader.WaitToReadAsync(ended.Token).AsTask());
        await ended.CancelAsync();
        _now.Reader.TryRead(out _);
        cancellation.ThrowIfCancellationRequested();
    }

    private async Task RepairConversationsAsync(RepairOptions options, CancellationToken cancellation)
    {
        var all = topics.All.ToArray();
        Array.Sort(all, static (a, b) => b.LastActive.CompareTo(a.LastActive));
        var chunkTime = TimeSpan.FromSeconds((double)HeadsAtOnce / options.HeadsPerSecond);
        foreach (var chunk in all.Chunk(HeadsAtOnce))
        {
            var started = dependencies.Time.GetTimestamp();
            await UntilDoneAsync(token => RepairAsync(chunk, token), cancellation);
            // The budget: what a node asks of the database does not grow with the trouble it is in.
            var rest = chunkTime - dependencies.Time.GetElapsedTime(started);
            if (all.Length > HeadsAtOnce && rest > TimeSpan.Zero)
                await Task.Delay(rest, dependencies.Time, cancellation);
        }
    }

    private async Task RepairAsync(Topic[] chunk, CancellationToken cancellation)
    {
        var byId = chunk.ToDictionary(t => t.Id);
        var result = await log.ReadHeadsAsync(byId.Keys, cancellation);
        Learn(result.Epoch);
        var behind = new List<Topic>();
        foreach (var head in result.Heads)
        {
            var topic = byId[head.Id];
            topic.CheckEpoch(result.Epoch);
            var position = topic.Position;
            if (position.Seq > 0 && position.Epoch == result.Epoch && head.Seq > position.Seq)
                behind.Add(topic);
            else
                topic.MoveCursors(head.Cursors);
        }
        if (behind.Count > 0)
            ChatMetrics.Repaired.Add(await fetcher.FetchAsync(behind, cancellation));
    }

    private async Task RepairInboxesAsync(CancellationToken cancellation)
    {
        if (watch.Watched is { Count: > 0 } inboxes)
            watch.Compare(await log.ReadOpenHeadsAsync(inboxes, cancellation));
    }

    private void Learn(int epoch)
    {
        if (_epoch != 0 && _epoch != epoch)
            LogEpoch(Logger, _epoch, epoch);
        _epoch = epoch;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The log's epoch went from {From} to {To}: clients start from a snapshot")]
    private static partial void LogEpoch(ILogger logger, int from, int to);
}

/// <summary>What the loop needs besides the parts it repairs.</summary>
internal sealed record RepairDependencies(IEventBus Bus, IOptions<RepairOptions> Options, TimeProvider Time);
