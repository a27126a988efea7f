using System.Threading.Channels;
using Chat.Contracts;
using Chat.Server.Conversations.Changes;
using Chat.Server.Delivery;
using Chat.Server.Hosting;
using Chat.Server.Messages;
using Chat.Server.Storage;

namespace Chat.Server.Visitors;

/// <summary>
/// That a visitor was identified, blocked or unblocked becomes an event of his conversations: operators see it at once, and later who did it. Of
/// conversations that identifying has moved, the visitor's other devices hear too. What a node that dies has not told any more, is seen by whoever reads anew.
/// </summary>
internal sealed class VisitorEvents : BackgroundLoop
{
    private const int MostConversations = 50;

    /// <summary>More than an inbox lets them open.</summary>
    private const int MostLive = 1_000;

    private static readonly ConversationStatus[] Live = [ConversationStatus.Queued, ConversationStatus.Open, ConversationStatus.Snoozed];

    private readonly VisitorStore _visitors;
    private readonly VisitorBlocks _blocks;
    private readonly IEventLog _log;
    private readonly AppendLanes _lanes;
    private readonly GainedConversations _gained;

    // A storm beyond this is not told.
    private readonly Channel<News> _news = Channel.CreateBounded<News>(
        new BoundedChannelOptions(10_000) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true }
    );

    public VisitorEvents(
        VisitorStore visitors,
        VisitorBlocks blocks,
        IEventLog log,
        AppendLanes lanes,
        GainedConversations gained,
        TimeProvider time,
        ILogger<VisitorEvents> logger
    )
        : base(time, logger)
    {
        (_visitors, _blocks, _log, _lanes, _gained) = (visitors, blocks, log, lanes, gained);
        visitors.Identified += (id, moved) => _news.Writer.TryWrite(new News(id, Actor.System, VisitorChange.Identified, moved));
    }

    /// <summary>After it counts here.</summary>
    public void Blocked(VisitorId id, Actor by, bool isBlocked) =>
        _news.Writer.TryWrite(new News(id, by, isBlocked ? VisitorChange.Blocked : VisitorChange.Unblocked, null));

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        await foreach (var news in _news.Reader.ReadAllAsync(stoppingToken))
            await TryAsync(cancellation => TellAsync(news, cancellation), stoppingToken);
    }

    private async Task TellAsync(News news, CancellationToken cancellation)
    {
        if (await _visitors.FindAsync(news.Visitor, cancellation) is not { } visitor)
            return;
        var face = new VisitorFace(visitor.Id, visitor.Name, visitor.Subject is not null, _blocks.IsBlocked(visitor.Id) ? true : null);
        foreach (var id in news.Conversations ?? await FindAsync(visitor, cancellation))
        {
            await _lanes.ChangeAsync(VisitorChange.Of(id, Guid.NewGuid(), news.By, news.Code, face), null);
            if (news.Code == VisitorChange.Identified)
                _gained.Publish(visitor.Id, id, except: null);
        }
    }

    /// <summary>What is not closed, and the newest.</summary>
    private async Task<IReadOnlyList<ConversationId>> FindAsync(Visitor visitor, CancellationToken cancellation)
    {
        var live = new RowQuery([visitor.InboxId], Live, null, visitor.Id, null, MostLive);
        var rows = (await _log.ListAsync(live, cancellation)).Rows;
        var newest = await _log.FindOwnedAsync(visitor.Id, MostConversations, cancellation);
        return [.. rows.Select(change => change.Row.ConversationId).Union(newest.Select(owner => owner.Id))];
    }

    // Without conversations: all of his.
    private sealed record News(VisitorId Visitor, Actor By, string Code, IReadOnlyList<ConversationId>? Conversations);
}
