using Chat.Contracts;
using Chat.Server.Bus;
using Chat.Server.Inboxes;
using Chat.Server.Repair;

namespace Chat.Server.Delivery;

/// <summary>What other nodes say: events and pushes for sockets here, rows touched, accounts changed.</summary>
internal sealed class BusReceiver(
    IEventBus bus,
    Topics topics,
    InboxWatch watch,
    Connections connections,
    IInboxDirectory directory,
    RepairLoop repair
) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        directory.Changed += Close;
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
        repair.Wake();
        if (!up)
            return;
        var writer = new EnvelopeWriter();
        writer.Write(EnvelopeItem.Missed);
        // Every node follows every shard.
        bus.Publish(shard: 0, writer.Written);
    }

    private void Receive(ReadOnlyMemory<byte> envelope)
    {
        var reader = new EnvelopeReader(envelope);
        while (reader.TryRead(out var item))
        {
            switch (item.Kind)
            {
                case EnvelopeItemKind.Event:
                    topics.Deliver(item);
                    watch.Touch(item.InboxId, item.ConversationId);
                    break;
                case EnvelopeItemKind.Push:
                    topics.Find(item.ConversationId)?.Send(PushPair.Of(item), null);
                    break;
                case EnvelopeItemKind.Touched:
                    watch.Touch(item.InboxId, item.ConversationId);
                    break;
                case EnvelopeItemKind.Directory:
                    _ = directory.RefreshAsync(CancellationToken.None);
                    break;
                case EnvelopeItemKind.Missed:
                    repair.Wake();
                    break;
                case EnvelopeItemKind.Kick:
                    connections.Close(item.SubjectId, Reason(item.Reason));
                    break;
            }
        }
    }

    /// <summary>A reason that a newer node knows and this one does not closes too.</summary>
    private static DisconnectReason Reason(byte position) =>
        position < DisconnectReason.All.Count ? DisconnectReason.All[position] : DisconnectReason.Revoked;

    private void Close(IReadOnlyCollection<OperatorId> operators)
    {
        foreach (var id in operators)
            connections.Close(id.Value, directory.FindOperator(id) is null ? DisconnectReason.Revoked : DisconnectReason.AccessChanged);
    }
}
