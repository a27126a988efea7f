using Chat.Contracts;
using Chat.Server.Identity;
using Chat.Server.Sockets;
using Chat.Server.Storage;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Delivery;

/// <summary>One socket of a visitor or operator: who it is, what it follows, what waits to be written to it.</summary>
internal sealed class ClientConnection(HubConnectionContext connection, Caller caller, RateLimits rates, TimeProvider time) : IFollower
{
    // A client that has not read for so long, although frames were dropped behind what is being written, has to catch up in any case. One behind 64 kbit/s
    // makes progress in steps of 8 s.
    private static readonly TimeSpan StallPatience = TimeSpan.FromSeconds(10);

    // Guards _following; calls of one connection run one after another, but disconnecting and kicks come from elsewhere.
    private readonly Lock _gate = new();
    private Dictionary<ConversationId, ConversationOwner> _following = new(1);
    private bool _gone;

    public string Id => connection.ConnectionId;

    public Caller Caller { get; } = caller;

    private SocketConnection? Socket => connection.Features.Get<SocketConnection>();

    public OutboundQueue Outbound { get; } = new(connection, time);

    public RateLimits Rates { get; } = rates;

    public CallBudget Budget { get; } = new(rates, time);

    /// <summary>It was told to go. Never false again; a late reader only asks it to go once more.</summary>
    public bool IsClosing { get; private set; }

    /// <summary>It has said Hello, or is saying it: before that it is told nothing, and its Hello reads everything.</summary>
    public bool IsGreeted { get; private set; }

    /// <summary>The inboxes whose lists it follows. Written by its own calls and by disconnecting, under the watch's lock.</summary>
    public IReadOnlyList<InboxId> Watched { get; set; } = [];

    public void Deliver(EncodedEvent e) => Outbound.Enqueue(Caller.IsOperator ? e.StaffFrame : e.VisitorFrame);

    public void Send(PushPair push)
    {
        if ((Caller.IsOperator ? push.Staff : push.Visitor) is { } frame)
            Outbound.Enqueue(frame);
    }

    public void Reset(Frame resync) => Outbound.Enqueue(resync);

    public ConversationOwner? Owner(ConversationId id)
    {
        lock (_gate)
            return _following.GetValueOrDefault(id);
    }

    /// <summary>False when the connection has ended: it must not be put into an index any more.</summary>
    public bool Follow(ConversationOwner owner)
    {
        lock (_gate)
        {
            if (_gone)
                return false;
            _following[owner.Id] = owner;
            return true;
        }
    }

    public bool Unfollow(ConversationId id)
    {
        lock (_gate)
            return _following.Remove(id);
    }

    public IReadOnlyList<ConversationOwner> Following()
    {
        lock (_gate)
            return [.. _following.Values];
    }

    /// <summary>Ends following for good; answers what was followed.</summary>
    public IReadOnlyCollection<ConversationOwner> EndFollowing()
    {
        lock (_gate)
        {
            _gone = true;
            var all = _following;
            _following = [];
            return all.Values;
        }
    }

    /// <summary>Says why and closes. Where the client may come back it is told so by SignalR's close message.</summary>
    public void Close(DisconnectReason reason)
    {
        IsClosing = true;
        SendGoAway(reason);
        if (!reason.Reconnect)
            connection.Abort();
        else
            RequestClose();
    }

    public void SendGoAway(DisconnectReason reason) =>
        Outbound.Enqueue(Frame.Of(Push.GoAway, new GoAway(reason.Code), ChatJson.Wire.GoAway));

    /// <summary>Once a second. SignalR closes at the end of a token too, and gives no reason.</summary>
    public void Beat(DateTimeOffset now)
    {
        if (Caller.ExpiresAt <= now)
            Close(DisconnectReason.Expired);
        if (StalledFor > StallPatience)
            Cut();
    }

    /// <summary>Hello comes first, and alone.</summary>
    public void BeginHello()
    {
        IsGreeted = true;
        Socket?.BeginHello();
    }

    public void EndHello(bool isAnswered) => Socket?.EndHello(isAnswered);

    /// <summary>Closes with allowReconnect.</summary>
    public void RequestClose() => connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();

    /// <summary>How long it has not read, although frames were dropped behind what is being written; zero while it does.</summary>
    public TimeSpan StalledFor
    {
        get
        {
            var dropping = Outbound.OverflowedFor;
            var sending = Socket?.SendingFor ?? dropping;
            return dropping < sending ? dropping : sending;
        }
    }

    /// <summary>Ends it without a word, of which it would take none.</summary>
    private void Cut()
    {
        IsClosing = true;
        Socket?.Abort();
    }
}
