using System.Collections.Concurrent;
using System.Threading.Channels;
using Chat.Contracts;
using Chat.Server.Observability;
using Chat.Server.Storage;

namespace Chat.Server.Delivery;

/// <summary>
/// Fetches from the log what did not come by the bus, once for all sockets of the node: holes after a short wait (the missing event is usually just
/// late), and what repair has found behind.
/// </summary>
internal sealed partial class HoleFetcher(IEventLog log, TimeProvider time, ILogger<HoleFetcher> logger) : BackgroundService
{
    /// <summary>How long a hole may close by itself.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);

    private const int PageLimit = 200;

    // Bounded by the topics of the node: one that is pending is not reported again.
    private readonly Channel<(Topic Topic, long At)> _reports = Channel.CreateUnbounded<(Topic, long)>();
    private readonly ConcurrentDictionary<Topic, bool> _pending = new();

    public void Report(Topic topic)
    {
        if (_pending.TryAdd(topic, true))
            _reports.Writer.TryWrite((topic, time.GetTimestamp()));
    }

    /// <summary>Delivers what the log has after the topics' positions; answers how many events that were.</summary>
    public async Task<int> FetchAsync(IReadOnlyCollection<Topic> topics, CancellationToken cancellation)
    {
        var delivered = 0;
        // One may be named twice, and an ended topic together with its successor, which was reported later.
        var behind = new Dictionary<ConversationId, Topic>(topics.Count);
        foreach (var topic in topics)
            behind[topic.Id] = topic;
        while (behind.Count > 0)
        {
            // A topic without a position has no reader yet; its first reader brings it up to date.
            var cursors = behind.Values.Select(t => t.Position).Where(p => p.Seq > 0).ToList();
            if (cursors.Count == 0)
                break;
            var pages = await log.ReadPagesAsync(cursors, PageLimit, cancellation);
            var more = new Dictionary<ConversationId, Topic>();
            foreach (var page in pages)
            {
                var topic = behind[page.Conversation.Id];
                if (page.Reset)
                {
                    topic.CheckEpoch(page.Epoch);
                    continue;
                }
                foreach (var e in page.Events)
                    topic.Deliver(EncodedEvent.Of(page.Conversation.InboxId, e), null, time.GetTimestamp());
                topic.MoveCursors(page.Cursors);
                delivered += page.Events.Count;
                if (page.Events is [{ At: { } storedAt }, ..])
                    ChatMetrics.DeliveryDuration.Record((time.GetUtcNow() - storedAt).TotalSeconds, ChatMetrics.ByRepair);
                if (page.HasMore && page.Events.Count > 0)
                    more.Add(topic.Id, topic);
            }
            behind = more;
        }
        return delivered;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var due = new List<Topic>();
        while (await _reports.Reader.WaitToReadAsync(stoppingToken))
        {
            due.Clear();
            while (_reports.Reader.TryRead(out var report))
            {
                var wait = Patience - time.GetElapsedTime(report.At);
                if (wait > TimeSpan.Zero)
                    await Task.Delay(wait, time, stoppingToken);
                _pending.TryRemove(report.Topic, out _);
                if (report.Topic.HasHole)
                    due.Add(report.Topic);
                if (due.Count >= PageLimit)
                    break;
            }
            if (due.Count == 0)
                continue;
            ChatMetrics.Holes.Add(due.Count);
            try
            {
                await FetchAsync(due, stoppingToken);
            }
            catch (StoreUnavailableException e)
            {
                // Repair finds the same holes when the store is back.
                LogFailed(e);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Could not fetch holes; repair will")]
    private partial void LogFailed(Exception exception);
}
