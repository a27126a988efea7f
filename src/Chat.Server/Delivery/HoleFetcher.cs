using System.Collections.Concurrent;
using System.Threading.Channels;
using Chat.Contracts;
using Chat.Server.Hosting;
using Chat.Server.Observability;
using Chat.Server.Storage;

namespace Chat.Server.Delivery;

/// <summary>
/// Fetches from the log what did not come by the bus, once for all sockets of the node: holes after a short wait (the missing event is usually just
/// late), and what repair has found behind.
/// </summary>
internal sealed class HoleFetcher(IEventLog log, TimeProvider time, ILogger<HoleFetcher> logger) : BackgroundLoop(time, logger)
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
            _reports.Writer.TryWrite((topic, Time.GetTimestamp()));
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
            var before = delivered;
            foreach (var page in pages)
            {
                var topic = behind[page.Conversation.Id];
                if (page.Reset)
                {
                    topic.CheckEpoch(page.Epoch);
                    continue;
                }
                foreach (var e in page.Events)
                    topic.Deliver(EncodedEvent.Of(page.Conversation.InboxId, e), null, Time.GetTimestamp());
                topic.MoveCursors(page.Cursors);
                delivered += page.Events.Count;
                if (page.Events is [{ At: { } storedAt }, ..])
                    ChatMetrics.DeliveryDuration.Record((Time.GetUtcNow() - storedAt).TotalSeconds, ChatMetrics.ByRepair);
                if (page.HasMore)
                    more.Add(topic.Id, topic);
            }
            // Pages for which there was no room come empty; one at least does not.
            behind = delivered > before ? more : [];
        }
        return delivered;
    }

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        var due = new List<Topic>();
        while (await _reports.Reader.WaitToReadAsync(stoppingToken))
        {
            await TakeDueAsync(due, stoppingToken);
            if (due.Count == 0)
                continue;
            if (await TryAsync(cancellation => FetchAsync(due, cancellation), stoppingToken))
                ChatMetrics.Holes.Add(due.Count);
            else
                // Behind those that were reported meanwhile. Nobody else looks for them before the next round of repair.
                due.ForEach(Report);
        }
    }

    /// <summary>Topics whose hole did not close by itself.</summary>
    private async Task TakeDueAsync(List<Topic> due, CancellationToken cancellation)
    {
        due.Clear();
        while (due.Count < PageLimit && _reports.Reader.TryRead(out var report))
        {
            var wait = Patience - Time.GetElapsedTime(report.At);
            if (wait > TimeSpan.Zero)
                await Task.Delay(wait, Time, cancellation);
            _pending.TryRemove(report.Topic, out _);
            if (report.Topic.HasHole)
                due.Add(report.Topic);
        }
    }
}
