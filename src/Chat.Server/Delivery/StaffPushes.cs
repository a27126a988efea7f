using System.Collections.Concurrent;
using System.Text.Json;
using Chat.Contracts;
using Chat.Server.Bus;
using Chat.Server.Inboxes;

namespace Chat.Server.Delivery;

/// <summary>What operators hear of each other: those who share an inbox, on every node, and the operator himself.</summary>
internal sealed class StaffPushes
{
    private readonly Connections _connections;
    private readonly IInboxDirectory _directory;
    private readonly Publisher _publisher;

    // Of those who are online, as they were told last.
    private readonly ConcurrentDictionary<OperatorId, OperatorChange> _last = [];

    public StaffPushes(Connections connections, IInboxDirectory directory, Publisher publisher)
    {
        (_connections, _directory, _publisher) = (connections, directory, publisher);
        directory.Changed += Retell;
    }

    public ToldPresence<OperatorId> Told { get; } = new();

    public void Publish(OperatorChange change)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(change, ChatJson.Wire.OperatorChange);
        Deliver(change.Id, json);
        _publisher.Publish(EnvelopeItem.Operator(change.Id.Value, json), shard: 0);
    }

    public void Deliver(OperatorId about, ReadOnlyMemory<byte> json)
    {
        var inboxes = _directory.InboxesOf(about);
        var change = JsonSerializer.Deserialize(json.Span, ChatJson.Wire.OperatorChange)!;
        // Of a new one, whom this node does not know yet, no colleague is told now.
        Told.Note(about, inboxes.Count > 0 && change.Online);
        if (change.Online)
            _last[about] = change;
        else
            _last.TryRemove(about, out _);
        Send(Frame.Of(Push.Operator, json.Span), listener => listener == about || SharesOneOf(listener, inboxes));
    }

    /// <summary>Who shares no inbox any more with one who is here hears that they are gone, and who does now that they are here.</summary>
    private void Retell(IReadOnlyCollection<ChangedAccess> changed)
    {
        foreach (var (id, _, before) in changed)
        {
            var now = _directory.InboxesOf(id);
            if (!Told.IsOnline(id) || now.SetEquals(before))
                continue;
            var isKnown = _last.TryGetValue(id, out var last);
            var change = last ?? new OperatorChange(id, Availability.Away, 0, Online: true);
            Send(FrameOf(change with { Online = false }), listener => SharesOneOf(listener, before) && !SharesOneOf(listener, now));
            if (isKnown)
                Send(FrameOf(change), listener => !SharesOneOf(listener, before) && SharesOneOf(listener, now));
        }
    }

    private static Frame FrameOf(OperatorChange change) => Frame.Of(Push.Operator, change, ChatJson.Wire.OperatorChange);

    private bool SharesOneOf(OperatorId listener, IReadOnlySet<InboxId> inboxes) => _directory.InboxesOf(listener).Overlaps(inboxes);

    private void Send(Frame frame, Func<OperatorId, bool> isMeant)
    {
        foreach (var connection in _connections.All)
        {
            if (connection.Caller.IsOperator && isMeant(connection.Caller.OperatorId))
                connection.Outbound.Enqueue(frame);
        }
    }
}
