using System.Threading.Channels;
using Chat.Contracts;
using Chat.Server.Delivery;
using Chat.Server.Hosting;
using Chat.Server.Inboxes;
using Chat.Server.Storage;

namespace Chat.Server.Presence;

/// <summary>
/// Tells waiting visitors their place. Every node reads the queues of those inboxes whose visitors it has, once in five seconds and not once for a
/// visitor, and tells what changed; a visitor who just came is answered from a reading of his own moment, which he shares with all who came in it.
/// </summary>
internal sealed class QueuePositions(
    IEventLog log,
    Topics topics,
    Connections connections,
    IInboxDirectory directory,
    TimeProvider time,
    ILogger<QueuePositions> logger
) : BackgroundLoop(time, logger)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    // Places are repeated well before clients forget them.
    private static readonly TimeSpan Repeat = TimeSpan.FromMilliseconds(Limits.QueueTtlMs / 2);

    /// <summary>Readings for those who came are at least so far apart.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(200);

    // A visitor who has just been told hears of a change one period later; a little less, since the period's ticks are not exact.
    private static readonly TimeSpan Hold = Period - TimeSpan.FromMilliseconds(500);

    // Who came; a storm beyond this waits for the next period.
    private readonly Channel<ClientConnection> _arrived = Channel.CreateBounded<ClientConnection>(
        new BoundedChannelOptions(10_000) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true }
    );

    // Used by the loop alone.
    private Dictionary<ConversationId, (int Position, long ToldAt)> _told = [];

    /// <summary>After a visitor's Hello or opening.</summary>
    public void Arrived(ClientConnection visitor, IReadOnlyList<ConversationPage> pages)
    {
        if (pages.Any(page => page.Conversation.Status == ConversationStatus.Queued))
            _arrived.Writer.TryWrite(visitor);
    }

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, Time);
        var tick = timer.WaitForNextTickAsync(stoppingToken).AsTask();
        var arrival = _arrived.Reader.WaitToReadAsync(stoppingToken).AsTask();
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.WhenAny(tick, arrival);
            if (arrival.IsCompleted)
                await TryAsync(AnswerAsync, stoppingToken);
            if (tick.IsCompleted)
                await TryAsync(TellAsync, stoppingToken);
            if (tick.IsCompleted)
                tick = timer.WaitForNextTickAsync(stoppingToken).AsTask();
            if (arrival.IsCompleted)
                arrival = _arrived.Reader.WaitToReadAsync(stoppingToken).AsTask();
            await Task.Delay(Pace, Time, stoppingToken);
        }
    }

    /// <summary>Those who came hear their places at once.</summary>
    private async Task AnswerAsync(CancellationToken cancellation)
    {
        var came = new List<ClientConnection>();
        while (_arrived.Reader.TryRead(out var visitor))
            came.Add(visitor);
        var places = await ReadAsync(came, cancellation);
        foreach (var visitor in came)
        {
            foreach (var owner in visitor.Following())
            {
                if (!places.TryGetValue(owner.Id, out var position))
                    continue;
                visitor.Outbound.Enqueue(Push(owner.Id, position));
                _told[owner.Id] = (position, Time.GetTimestamp());
            }
        }
    }

    /// <summary>All others hear what changed, and from time to time what did not.</summary>
    private async Task TellAsync(CancellationToken cancellation)
    {
        var visitors = connections.All.Where(connection => !connection.Caller.IsOperator);
        var now = Time.GetTimestamp();
        var told = new Dictionary<ConversationId, (int, long)>();
        foreach (var (id, position) in await ReadAsync(visitors, cancellation))
        {
            if (topics.Find(id) is not { } topic)
                continue;
            var isTold =
                _told.TryGetValue(id, out var last) && Time.GetElapsedTime(last.ToldAt, now) < (last.Position == position ? Repeat : Hold);
            if (!isTold)
                topic.Send(new PushPair(null, Push(id, position)), null);
            told[id] = isTold ? last : (position, now);
        }
        _told = told;
    }

    /// <summary>Places in the queues of these visitors' inboxes, where the inbox shows them.</summary>
    private async Task<Dictionary<ConversationId, int>> ReadAsync(IEnumerable<ClientConnection> visitors, CancellationToken cancellation)
    {
        var inboxes = visitors.Select(visitor => visitor.Caller.InboxId).Distinct();
        var shown = inboxes.Where(id => directory.Find(id) is { Setup.QueuePosition: true }).ToList();
        var places = new Dictionary<ConversationId, int>();
        foreach (var inbox in shown)
        {
            foreach (var (index, id) in (await log.ReadQueueAsync(inbox, Limits.QueuePlaces, cancellation)).Index())
                places[id] = index + 1;
        }
        return places;
    }

    private static Frame Push(ConversationId id, int position)
    {
        var notice = new Ephemeral(id, EphemeralType.Queue, null, Limits.QueueTtlMs, Position: position);
        return Frame.Of(Contracts.Push.Ephemeral, notice, ChatJson.Wire.Ephemeral);
    }
}
