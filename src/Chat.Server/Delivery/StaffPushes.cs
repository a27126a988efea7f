using System.Collections.Concurrent;
using System.Text.Json;
using Chat.Contracts;
using Chat.Server.Bus;
using Chat.Server.Inboxes;

namespace Chat.Server.Delivery;

/// <summary>What operators hear of each other: those who share an inbox, on every node, and the operator himself.</summary>
internal sealed class StaffPushes(Connections connections, IInboxDirectory directory, Publisher publisher)
{
    // Of those who are online: who was told of them.
    private readonly ConcurrentDictionary<OperatorId, IReadOnlySet<InboxId>> _toldIn = [];

    public ToldPresence<OperatorId> Told { get; } = new();

    public void Publish(OperatorChange change)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(change, ChatJson.Wire.OperatorChange);
        Deliver(change.Id, json);
        publisher.Publish(EnvelopeItem.Operator(change.Id.Value, json), shard: 0);
    }

    public void Deliver(OperatorId about, ReadOnlyMemory<byte> json)
    {
        var frame = Frame.Of(Push.Operator, json.Span);
        var inboxes = directory.InboxesOf(about);
        var isOnline = JsonSerializer.Deserialize(json.Span, ChatJson.Wire.OperatorChange)!.Online;
        // Of a new one, whom this node does not know yet, no colleague is told now.
        Told.Note(about, inboxes.Count > 0 && isOnline);
        if (isOnline)
            _toldIn[about] = inboxes;
        else if (_toldIn.TryRemove(about, out var before))
            inboxes = inboxes.Union(before).ToHashSet();
        foreach (var connection in connections.All)
        {
            if (!connection.Caller.IsOperator)
                continue;
            var listener = connection.Caller.OperatorId;
            if (listener == about || directory.InboxesOf(listener).Overlaps(inboxes))
                connection.Outbound.Enqueue(frame);
        }
    }
}
