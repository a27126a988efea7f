using System.Collections.Concurrent;
using Chat.Contracts;
using Chat.Server.Identity;
using Chat.Server.Observability;
using Microsoft.Extensions.Options;

namespace Chat.Server.Delivery;

/// <summary>All sockets of this node, by id and by user.</summary>
internal sealed class Connections(Topics topics, InboxWatch watch, IOptions<RateLimits> limits)
{
    private readonly ConcurrentDictionary<string, ClientConnection> _all = new(StringComparer.Ordinal);

    // Guards _byUser and the lists in it.
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, List<ClientConnection>> _byUser = [];

    /// <summary>A user's last socket on this node went; it still knows what it followed.</summary>
    public event Action<ClientConnection>? LastLeft;

    public int Count => _all.Count;

    public IEnumerable<ClientConnection> All => _all.Select(one => one.Value);

    public IReadOnlyCollection<Guid> Users
    {
        get
        {
            lock (_gate)
                return [.. _byUser.Keys];
        }
    }

    public void Add(ClientConnection connection)
    {
        _all[connection.Id] = connection;
        ClientConnection? tooMany = null;
        lock (_gate)
        {
            if (!_byUser.TryGetValue(connection.Caller.Id, out var list))
                _byUser.Add(connection.Caller.Id, list = new List<ClientConnection>(1));
            list.Add(connection);
            // One that was told to go and has not gone yet counts no more.
            if (list.Count(other => !other.IsClosing) > MostOf(connection.Caller))
                tooMany = list.Find(other => !other.IsClosing);
        }
        tooMany?.Close(DisconnectReason.Replaced);
        ChatMetrics.Connections.Add(1, Tag(connection));
    }

    private int MostOf(Caller caller) => caller.IsOperator ? limits.Value.OperatorConnections : limits.Value.VisitorConnections;

    public void Remove(ClientConnection connection)
    {
        if (!_all.TryRemove(connection.Id, out _))
            return;
        bool last;
        lock (_gate)
        {
            var list = _byUser[connection.Caller.Id];
            list.Remove(connection);
            last = list.Count == 0;
            if (last)
                _byUser.Remove(connection.Caller.Id);
        }
        ChatMetrics.Connections.Add(-1, Tag(connection));
        if (last)
            LastLeft?.Invoke(connection);
        watch.Follow(connection, []);
        topics.UnfollowAll(connection);
    }

    /// <summary>Closes every socket of a user here, except those of an operator's newest security stamp, where one is given.</summary>
    public void Close(Guid user, DisconnectReason reason, Guid? kept = null)
    {
        foreach (var target in Of(user))
        {
            if (kept is null || target.Caller.SecurityStamp != kept)
                target.Close(reason);
        }
    }

    /// <summary>All sockets of a user here.</summary>
    public IReadOnlyList<ClientConnection> Of(Guid user)
    {
        lock (_gate)
            return _byUser.TryGetValue(user, out var list) ? [.. list] : [];
    }

    /// <summary>Whether a user has a socket here.</summary>
    public bool Has(Guid user)
    {
        lock (_gate)
            return _byUser.ContainsKey(user);
    }

    /// <summary>Closes the sockets here that were opened with tokens of a session.</summary>
    public void CloseSession(EndedSession session)
    {
        foreach (var target in Of(session.Holder))
        {
            if (target.Caller.Session == session.Session)
                target.Close(session.Reason);
        }
    }

    private static KeyValuePair<string, object?> Tag(ClientConnection connection) =>
        new("hub", connection.Caller.IsOperator ? "operator" : "visitor");
}
