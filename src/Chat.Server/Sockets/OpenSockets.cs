using System.Collections.Concurrent;
using System.Net.WebSockets;
using Chat.Server.Delivery;
using Chat.Server.Hosting;
using Chat.Server.Identity;
using Microsoft.Extensions.Options;

namespace Chat.Server.Sockets;

/// <summary>All sockets of this node from their upgrade to their end, those that have not shaken hands among them.</summary>
internal sealed class OpenSockets(FrameRoom room, OutgoingBytes outgoing, IOptions<RateLimits> rates)
{
    private readonly ConcurrentDictionary<SocketConnection, bool> _all = new(ReferenceEqualityComparer.Instance);

    public IEnumerable<SocketConnection> All => _all.Select(one => one.Key);

    /// <param name="socket">The WebSocket.</param>
    /// <param name="caller">Whose.</param>
    /// <param name="id">Its connection's.</param>
    /// <param name="abort">Ends the connection.</param>
    /// <param name="bytes">What the WebSocket reads, where that is known.</param>
    public SocketConnection Add(WebSocket socket, Caller caller, string id, Action abort, DirectStream? bytes = null)
    {
        var connection = new SocketConnection(socket, caller, new FrameRules(rates.Value, room), id, abort, outgoing) { Bytes = bytes };
        _all.TryAdd(connection, true);
        return connection;
    }

    public void Remove(SocketConnection connection) => _all.TryRemove(connection, out _);
}
