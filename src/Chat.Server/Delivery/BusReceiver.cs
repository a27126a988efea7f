using System.Diagnostics;
using Chat.Contracts;
using Chat.Server.Bus;
using Chat.Server.Identity;
using Chat.Server.Inboxes;
using Chat.Server.Observability;
using Chat.Server.Operators;
using Chat.Server.Repair;
using Chat.Server.Visitors;

namespace Chat.Server.Delivery;

/// <summary>What other nodes say: events and pushes for sockets here, accounts changed.</summary>
internal sealed class BusReceiver(IEventBus bus, Topics topics, InboxWatch watch, BusListeners listeners, RepairLoop repair)
    : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        listeners.Sessions.Ended += TellEnded;
        listeners.Passwords.Changed += () => Tell(EnvelopeItem.Directory);
        bus.Attach(Receive, StateChanged);
        return bus.StartAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// Down: repair takes over. Up: it looks once more, here and on the other nodes. Theirs may have been up all the while, and what this node committed
    /// without publishing it would otherwise wait for their next round.
    /// </summary>
    private void StateChanged(bool up)
    {
        if (!up)
        {
            repair.Wake();
            return;
        }
        CatchUp();
        Tell(EnvelopeItem.Missed);
    }

    private void Receive(ReadOnlyMemory<byte> envelope)
    {
        var reader = new EnvelopeReader(envelope);
        var trace = default(ActivityContext);
        DateTimeOffset? takenAt = null;
        List<EnvelopeItem>? presences = null;
        while (reader.TryRead(out var item))
        {
            switch (item.Kind)
            {
                case EnvelopeItemKind.Taken:
                    takenAt = item.At;
                    break;
                case EnvelopeItemKind.Trace:
                    trace = Traces.Read(item.Staff.Span);
                    break;
                case EnvelopeItemKind.Event:
                    using (Traces.StartHere("deliver", trace))
                    {
                        topics.Deliver(item);
                        watch.Touch(item.InboxId, item.ConversationId);
                    }
                    trace = default;
                    break;
                case EnvelopeItemKind.Push:
                    topics.Find(item.ConversationId)?.Send(PushPair.Of(item), null);
                    break;
                case EnvelopeItemKind.Directory:
                    _ = listeners.Directory.RefreshAsync(CancellationToken.None);
                    _ = listeners.Blocks.RefreshAsync(CancellationToken.None);
                    break;
                case EnvelopeItemKind.Missed:
                    CatchUp();
                    break;
                case EnvelopeItemKind.Ended:
                    listeners.Sessions.Learn(new EndedSession(item.SubjectId, item.HolderId, (SessionEnd)item.Flags));
                    break;
                case EnvelopeItemKind.Operator:
                    listeners.Staff.Deliver(new OperatorId(item.SubjectId), item.Staff);
                    break;
                case EnvelopeItemKind.Gained:
                    listeners.Gained.Deliver(item.SubjectId, item.ConversationId);
                    break;
                case EnvelopeItemKind.Presence:
                    (presences ??= []).Add(item);
                    break;
            }
        }
        if (presences is not null)
            listeners.Visitors.Deliver(presences);
        if (takenAt is { } at)
            topics.CameByBus(at);
    }

    /// <summary>Something may not have come by the bus: events, or that somebody lost a right.</summary>
    private void CatchUp()
    {
        repair.Wake();
        listeners.Upkeep.Wake();
    }

    /// <summary>Of a session that ended here: its sockets may be on other nodes.</summary>
    private void TellEnded(EndedSession session) => Tell(EnvelopeItem.Ended(session.Session, session.Holder, (byte)session.Why));

    private void Tell(in EnvelopeItem item)
    {
        if (!bus.IsUp)
            return;
        var writer = new EnvelopeWriter();
        writer.Write(item);
        // Every node follows every shard.
        bus.Publish(shard: 0, writer.Written);
    }
}

/// <summary>What hears of changes and passes them on.</summary>
internal sealed record BusListeners(
    IInboxDirectory Directory,
    VisitorBlocks Blocks,
    SessionEnds Sessions,
    IdentityUpkeep Upkeep,
    PasswordSignIn Passwords,
    StaffPushes Staff,
    VisitorPushes Visitors,
    GainedConversations Gained
);
