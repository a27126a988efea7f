using Chat.Contracts;
using Chat.Server.Delivery;

namespace Chat.Server.Draining;

/// <summary>Sockets that were told to go: each has a time in which it may still send, and is then closed so that it may come back.</summary>
internal sealed class Departures(TimeSpan closeAfter, TimeProvider time)
{
    private readonly Queue<(ClientConnection Connection, long At)> _told = [];

    public void Tell(ClientConnection connection, DisconnectReason reason)
    {
        connection.SendGoAway(reason);
        _told.Enqueue((connection, time.GetTimestamp()));
    }

    /// <summary>Closes those whose time is over. One that went by itself is closed in vain.</summary>
    public void CloseDue()
    {
        while (_told.TryPeek(out var first) && time.GetElapsedTime(first.At) >= closeAfter)
            _told.Dequeue().Connection.RequestClose();
    }
}
