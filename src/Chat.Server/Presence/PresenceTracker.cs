using System.Threading.Channels;
using Chat.Contracts;
using Chat.Server.Bus;
using Chat.Server.Delivery;
using Chat.Server.Hosting;
using Chat.Server.Identity;
using Chat.Server.Storage;

namespace Chat.Server.Presence;

/// <summary>
/// Keeps the leases of everybody who has a socket here, and tells the others who came and who left. Somebody has left when no node has him any more
/// after a moment's grace: a page that is loaded anew is no absence.
/// </summary>
internal sealed class PresenceTracker : BackgroundLoop
{
    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    /// <summary>Within this a visitor's Hello is no news to operators a second time; far below what they forget after.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(1);

    private readonly IPresence _presence;
    private readonly Connections _connections;
    private readonly PresenceNotices _notices;
    private readonly SessionEnds _sessions;
    private readonly CancellationTokenSource _stopping = new();

    // A storm beyond this is dropped: leases end by themselves, and what clients were told is swept.
    private readonly Channel<Work> _work = Channel.CreateBounded<Work>(
        new BoundedChannelOptions(10_000) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true }
    );

    // Conversations whose visitor's coming was told since then. Only the worker touches them.
    private readonly HashSet<ConversationId> _fresh = [];
    private long _freshSince;

    public PresenceTracker(
        IPresence presence,
        Connections connections,
        PresenceNotices notices,
        SessionEnds sessions,
        TimeProvider time,
        ILogger<PresenceTracker> logger
    )
        : base(time, logger)
    {
        _presence = presence;
        _connections = connections;
        _notices = notices;
        _sessions = sessions;
        connections.LastLeft += Left;
    }

    /// <summary>After a Hello, or after he has opened a conversation: these are his, and known now.</summary>
    public void Arrived(ClientConnection connection, IReadOnlyList<ConversationPage> pages)
    {
        var caller = connection.Caller;
        Enqueue(
            async cancellation =>
            {
                if (caller.IsOperator)
                    await _notices.OperatorArrivedAsync(caller.OperatorId, cancellation);
                else
                    await VisitorArrivedAsync(connection, pages, cancellation);
            },
            arrived: caller.Id
        );
    }

    /// <summary>Tells an operator who opens a conversation whether its visitor is here.</summary>
    public void Tell(ClientConnection @operator, Conversation conversation) =>
        Enqueue(cancellation => _notices.TellVisitorAsync(@operator, conversation, cancellation));

    /// <summary>The conversation has another operator: its visitor hears whether he is here.</summary>
    public void Assigned(ConversationId conversation, OperatorFace assignee) =>
        Enqueue(cancellation => _notices.TellAssigneeAsync(conversation, assignee, cancellation));

    private async Task VisitorArrivedAsync(ClientConnection visitor, IReadOnlyList<ConversationPage> pages, CancellationToken cancellation)
    {
        if (Time.GetElapsedTime(_freshSince) >= Fresh)
        {
            _fresh.Clear();
            _freshSince = Time.GetTimestamp();
        }
        var live = pages.Where(page => page.Conversation.Status != ConversationStatus.Closed).ToList();
        var owners = live.Select(page => visitor.Owner(page.Conversation.Id)).OfType<ConversationOwner>();
        _notices.Visitor(visitor.Caller.Actor, [.. owners.Where(owner => _fresh.Add(owner.Id))], online: true);
        await _notices.TellAssigneesAsync(visitor, live, cancellation);
    }

    private void Left(ClientConnection connection)
    {
        var (caller, following) = (connection.Caller, connection.Following());
        _ = AfterGraceAsync(async cancellation =>
        {
            if (_connections.Has(caller.Id))
                return;
            _fresh.ExceptWith(following.Select(owner => owner.Id));
            // Where nobody can say whether he is on another node, the sweep tells once it is known.
            if (await _presence.ReleaseAsync(caller.Id, cancellation) is not false)
                return;
            if (caller.IsOperator)
                await _notices.OperatorAsync(caller.OperatorId, online: false, cancellation);
            // Of whoever was identified what they had is somebody else's, who may be here: the sweep knows whose it is now.
            else if (_sessions.WhyEnded(caller.Session) != DisconnectReason.AccessChanged)
                _notices.Visitor(caller.Actor, following, online: false);
        });
    }

    private async Task AfterGraceAsync(Func<CancellationToken, Task> work)
    {
        await Task.Delay(Grace, Time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Enqueue(work);
    }

    private void Enqueue(Func<CancellationToken, Task> tell, Guid? arrived = null) => _work.Writer.TryWrite(new Work(tell, arrived));

    protected override Task RunAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(
            EveryAsync(Renewal, cancellation => _presence.RenewAsync(_connections.Users, cancellation), stoppingToken),
            WorkAsync(stoppingToken)
        );

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await base.StopAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _stopping.Dispose();
        base.Dispose();
    }

    private async Task WorkAsync(CancellationToken cancellation)
    {
        var works = new List<Work>();
        while (await _work.Reader.WaitToReadAsync(cancellation))
        {
            works.Clear();
            while (_work.Reader.TryRead(out var work))
                works.Add(work);
            await TryAsync(token => TellAsync(works, token), cancellation);
        }
    }

    private async Task TellAsync(List<Work> works, CancellationToken cancellation)
    {
        // One claim for all who came together. Before anything is told: whoever hears of somebody and asks finds him here.
        await _presence.RenewAsync([.. works.Select(work => work.Arrived).OfType<Guid>().Distinct()], cancellation);
        foreach (var work in works)
            await _notices.TryAsync(work.Tell, cancellation);
    }

    private readonly record struct Work(Func<CancellationToken, Task> Tell, Guid? Arrived);
}
