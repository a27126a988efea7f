using Chat.Server.Delivery;
using Chat.Server.Identity;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Options;

namespace Chat.Server.Hubs;

/// <summary>
/// SignalR's registry of connections, ours: it makes the <see cref="ClientConnection"/> of each socket. What reaches clients goes through
/// <see cref="Publisher"/> and topics; SignalR's own ways (Clients.Group and the like) are closed, so that nothing can bypass the bounded queues.
/// </summary>
internal sealed class ChatLifetimeManager<THub>(Connections connections, CallerAccess access, IOptions<RateLimits> rates, TimeProvider time)
    : HubLifetimeManager<THub>
    where THub : Hub
{
    public override Task OnConnectedAsync(HubConnectionContext connection)
    {
        var caller = connection.Features.Get<Caller>()!;
        var client = new ClientConnection(connection, caller, rates.Value, time);
        connection.Features.Set(client);
        connections.Add(client);
        // What ended while it shook hands has not found it among the connections.
        if (access.WhyLost(caller) is { } reason)
            client.Close(reason);
        return Task.CompletedTask;
    }

    public override Task OnDisconnectedAsync(HubConnectionContext connection)
    {
        if (connection.Features.Get<ClientConnection>() is { } client)
            connections.Remove(client);
        return Task.CompletedTask;
    }

    public override Task AddToGroupAsync(string connectionId, string groupName, CancellationToken cancellationToken = default) =>
        throw Closed();

    public override Task RemoveFromGroupAsync(string connectionId, string groupName, CancellationToken cancellationToken = default) =>
        throw Closed();

    public override Task SendAllAsync(string methodName, object?[] args, CancellationToken cancellationToken = default) => throw Closed();

    public override Task SendAllExceptAsync(
        string methodName,
        object?[] args,
        IReadOnlyList<string> excludedConnectionIds,
        CancellationToken cancellationToken = default
    ) => throw Closed();

    public override Task SendConnectionAsync(
        string connectionId,
        string methodName,
        object?[] args,
        CancellationToken cancellationToken = default
    ) => throw Closed();

    public override Task SendConnectionsAsync(
        IReadOnlyList<string> connectionIds,
        string methodName,
        object?[] args,
        CancellationToken cancellationToken = default
    ) => throw Closed();

    public override Task SendGroupAsync(
        string groupName,
        string methodName,
        object?[] args,
        CancellationToken cancellationToken = default
    ) => throw Closed();

    public override Task SendGroupExceptAsync(
        string groupName,
        string methodName,
        object?[] args,
        IReadOnlyList<string> excludedConnectionIds,
        CancellationToken cancellationToken = default
    ) => throw Closed();

    public override Task SendGroupsAsync(
        IReadOnlyList<string> groupNames,
        string methodName,
        object?[] args,
        CancellationToken cancellationToken = default
    ) => throw Closed();

    public override Task SendUserAsync(string userId, string methodName, object?[] args, CancellationToken cancellationToken = default) =>
        throw Closed();

    public override Task SendUsersAsync(
        IReadOnlyList<string> userIds,
        string methodName,
        object?[] args,
        CancellationToken cancellationToken = default
    ) => throw Closed();

    private static NotSupportedException Closed() => new("Send through the Publisher; see ChatLifetimeManager.");
}
