using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Chat.Server.Sockets;

/// <summary>
/// A connection of Kestrel that may outlive its HTTP. The request that upgrades it takes it over and ends, and all that HTTP holds of a connection goes
/// with it, the head with the token among it: more than all else that a socket needs. What is written goes to the socket itself.
/// </summary>
internal sealed class Takeover : IHttpUpgradeFeature, IConnectionHeartbeatFeature
{
    private readonly ConnectionContext _connection;
    private readonly IDuplexPipe _transport;
    private readonly Socket _socket;
    private (Action<object> Action, object State)[] _beats = [];
    private IHttpUpgradeFeature? _upgrade;
    private Func<ConnectionContext, Task>? _life;
    private Action? _end;

    private Takeover(ConnectionContext connection, Socket socket)
    {
        (_connection, _transport, _socket) = (connection, connection.Transport, socket);
        // Kestrel never forgets who asked for its heartbeat, which HTTP does for its timeouts. So it knows this object, and this one forgets.
        connection.Features.Get<IConnectionHeartbeatFeature>()?.OnHeartbeat(static takeover => ((Takeover)takeover).Beat(), this);
        connection.Features.Set<IConnectionHeartbeatFeature>(this);
        connection.Features.Set(this);
    }

    public bool IsUpgradableRequest => _upgrade is { IsUpgradableRequest: true };

    /// <summary>The bytes of the connection, once its request has taken it over.</summary>
    public DirectStream? Taken { get; private set; }

    /// <summary>Connections of this port may be taken over.</summary>
    public static void Offer(ListenOptions port) =>
        port.Use(http =>
            connection =>
                connection.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket
                    ? new Takeover(connection, socket).RunAsync(http)
                    : http(connection)
        );

    /// <summary>An upgrade of this request takes its connection over, unless there is more than a bare socket under it, as with TLS.</summary>
    public static void Offer(HttpContext context)
    {
        var features = context.Features;
        if (
            features.Get<Takeover>() is { } takeover
            && features.Get<IHttpUpgradeFeature>() is { } upgrade
            && ReferenceEquals(takeover._connection.Transport, takeover._transport)
        )
        {
            takeover._upgrade = upgrade;
            features.Set<IHttpUpgradeFeature>(takeover);
        }
    }

    // Kestrel writes the head of the response; a client sends nothing before it has that, and nothing is pushed to it before it has sent something.
    public async Task<Stream> UpgradeAsync()
    {
        await _upgrade!.UpgradeAsync();
        _upgrade = null;
        return Taken = new DirectStream(_transport.Input.AsStream(leaveOpen: true), _socket);
    }

    /// <summary>What the connection is there for after the request.</summary>
    public void Continue(Func<ConnectionContext, Task> life) => _life = life;

    /// <summary>What is done, too, when the connection ends.</summary>
    public void Finally(Action end) => _end += end;

    public void OnHeartbeat(Action<object> action, object state) => _beats = [.. _beats, (action, state)];

    private void Beat()
    {
        foreach (var (action, state) in _beats)
            action(state);
    }

    private async Task RunAsync(ConnectionDelegate http)
    {
        try
        {
            await http(_connection);
            if (_life is not null)
                await LiveAsync(_life);
        }
        finally
        {
            _end?.Invoke();
        }
    }

    private Task LiveAsync(Func<ConnectionContext, Task> life)
    {
        _life = null;
        _beats = [];
        _connection.Features.Set<IConnectionTimeoutFeature>(null);
        return life(_connection);
    }
}
