using Chat.Contracts;
using Chat.Server.Identity;
using Chat.Server.Inboxes;
using Chat.Server.Visitors;

namespace Chat.Server.Delivery;

/// <summary>
/// Whatever ends a right ends what hangs on it on this node: sockets, with the owners that they remember, and requests that wait. It is told at once
/// where the bus says so, and at the latest when <see cref="RightsReader"/> has read the database again.
/// </summary>
internal sealed class EndedRights(
    Connections connections,
    CallerAccess access,
    IInboxDirectory directory,
    VisitorBlocks blocks,
    SessionEnds sessions,
    RightsReader reader
) : IHostedService
{
    /// <summary>A user lost something; null: anybody may have, <see cref="CallerAccess"/> knows.</summary>
    public event Action<Guid?>? Lost;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        sessions.Learned += Close;
        directory.Changed += Close;
        blocks.Read += Close;
        reader.Read += CloseLost;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Close(EndedSession session)
    {
        connections.CloseSession(session);
        Lost?.Invoke(session.Holder);
    }

    private void Close(IReadOnlyCollection<ChangedAccess> operators)
    {
        // A membership is no part of a token, so the connections alone do not show that one was lost.
        foreach (var (id, kept, _) in operators)
        {
            var reason = directory.FindOperator(id) is null ? DisconnectReason.Revoked : DisconnectReason.AccessChanged;
            connections.Close(id.Value, reason, kept);
            Lost?.Invoke(id.Value);
        }
        CloseLost();
    }

    private void Close(IReadOnlyCollection<VisitorId> blocked)
    {
        foreach (var id in blocked)
        {
            connections.Close(id.Value, DisconnectReason.Blocked);
            Lost?.Invoke(id.Value);
        }
    }

    /// <summary>Looks at every socket.</summary>
    private void CloseLost()
    {
        foreach (var connection in connections.All)
        {
            if (!connection.IsClosing && access.WhyLost(connection.Caller) is { } reason)
                connection.Close(reason);
        }
        Lost?.Invoke(null);
    }
}
