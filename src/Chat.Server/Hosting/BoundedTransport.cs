using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace Chat.Server.Hosting;

/// <summary>
/// Kestrel's sockets, but a connection that would take one of the last files gets no further than the loop that accepts it: a limit that is looked at later
/// is overrun by a storm.
/// </summary>
internal sealed class BoundedTransport(SocketTransportFactory sockets, Descriptors descriptors, IOptions<HttpOptions> options)
    : IConnectionListenerFactory,
        IConnectionListenerFactorySelector
{
    /// <summary>Connections of a port leave the gate that they came in by.</summary>
    public static void Count(ListenOptions port, bool isManagement)
    {
        var descriptors = port.ApplicationServices.GetRequiredService<Descriptors>();
        Action leave = isManagement ? descriptors.Management.Leave : descriptors.Leave;
        port.Use(next =>
            async connection =>
            {
                try
                {
                    await next(connection);
                }
                finally
                {
                    leave();
                }
            }
        );
    }

    public bool CanBind(EndPoint endpoint) => sockets.CanBind(endpoint);

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var isManagement = endpoint is IPEndPoint { Port: var port } && port == options.Value.ManagementPort;
        var inner = await sockets.BindAsync(endpoint, cancellationToken);
        return new Listener(inner, isManagement ? descriptors.Management.TryEnter : descriptors.TryEnter, descriptors);
    }

    private sealed class Listener(IConnectionListener inner, Func<bool> tryEnter, Descriptors descriptors) : IConnectionListener
    {
        public EndPoint EndPoint => inner.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            while (await inner.AcceptAsync(cancellationToken) is { } connection)
            {
                if (tryEnter())
                    return connection;
                descriptors.Warn();
                connection.Abort();
                await connection.DisposeAsync();
            }
            return null;
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => inner.UnbindAsync(cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
