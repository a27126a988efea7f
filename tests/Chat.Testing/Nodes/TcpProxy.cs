using System.Net;
using System.Net.Sockets;

namespace Chat.Testing.Nodes;

public enum Direction
{
    FromClient,
    FromServer,
}

/// <summary>A TCP proxy on loopback between clients and a server, for a fault test to cut, stall, narrow or close.</summary>
public sealed class TcpProxy : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly List<ProxiedConnection> _connections = [];
    private readonly Valve _fromClient = new();
    private readonly Valve _fromServer = new();

    // Always bound, so that nobody takes the port; it listens unless Refuse is set. Guarded by the gate like all that follow.
    private Socket _listener;
    private int _targetPort;
    private bool _refuse;
    private Trap? _trap;

    private TcpProxy(int targetPort)
    {
        _targetPort = targetPort;
        _listener = Bind(0);
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        Listen();
    }

    public int Port { get; }

    /// <summary>A loopback port; a change holds for new connections.</summary>
    public int TargetPort
    {
        get
        {
            lock (_gate)
            {
                return _targetPort;
            }
        }
        set
        {
            lock (_gate)
            {
                _targetPort = value;
            }
        }
    }

    /// <summary>While set, new connections are refused; open ones go on.</summary>
    public bool Refuse
    {
        get
        {
            lock (_gate)
            {
                return _refuse;
            }
        }
        set
        {
            lock (_gate)
            {
                if (_refuse == value)
                {
                    return;
                }
                _refuse = value;
                if (value)
                {
                    _listener.Dispose();
                    _listener = Bind(Port);
                }
                else
                {
                    Listen();
                }
            }
        }
    }

    public static TcpProxy Start(int targetPort) => new(targetPort);

    /// <summary>Forwards nothing in that direction, on open and new connections; what arrives is held, not lost.</summary>
    public void Stall(Direction direction) => ValveOf(direction).Close();

    /// <summary>Forwards what was held, and all that follows.</summary>
    public void Resume(Direction direction) => ValveOf(direction).Open();

    /// <summary>Forwards so many bytes a second from now on, of each connection and in each direction; 0: as many as there are.</summary>
    public void Narrow(int bytesPerSecond)
    {
        _fromClient.BytesPerSecond = bytesPerSecond;
        _fromServer.BytesPerSecond = bytesPerSecond;
    }

    /// <summary>
    /// Once: forwards the client's bytes that match, lets the server answer and cuts that connection before a byte of the answer
    /// reaches the client. The server has done the work and the client cannot know it.
    /// </summary>
    /// <param name="matches">Sees the bytes of one read, which for a small request is the whole request.</param>
    /// <returns>Completes when the connection has been cut.</returns>
    public Task CutBeforeReply(Func<ReadOnlyMemory<byte>, bool> matches)
    {
        var trap = new Trap(matches);
        lock (_gate)
        {
            _trap = trap;
        }
        return trap.Sprung.Task;
    }

    /// <summary>The network swallows the connections that are open: neither bytes nor an end ever pass, while new ones go on.</summary>
    public void Strand()
    {
        foreach (var connection in Connections())
        {
            connection.Strand();
        }
    }

    /// <summary>Resets every open connection on both sides.</summary>
    public void CutAll()
    {
        foreach (var connection in Connections())
        {
            connection.Cut();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Refuse = true;
        lock (_gate)
        {
            _listener.Dispose();
        }
        CutAll();
        foreach (var connection in Connections())
        {
            await connection.Ended;
            connection.Dispose();
        }
    }

    internal Valve ValveOf(Direction direction) => direction == Direction.FromClient ? _fromClient : _fromServer;

    /// <summary>The trap, if these bytes spring it; it is then gone.</summary>
    internal Trap? TakeTrap(ReadOnlyMemory<byte> bytes)
    {
        lock (_gate)
        {
            var taken = _trap?.Matches(bytes) == true ? _trap : null;
            _trap = taken is null ? _trap : null;
            return taken;
        }
    }

    private static Socket Bind(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
        return socket;
    }

    private void Listen()
    {
        _listener.Listen();
        _ = AcceptAsync(_listener);
    }

    private ProxiedConnection[] Connections()
    {
        lock (_gate)
        {
            return [.. _connections];
        }
    }

    private async Task AcceptAsync(Socket listener)
    {
        while (true)
        {
            Socket client;
            try
            {
                client = await listener.AcceptAsync();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
            lock (_gate)
            {
                _connections.Add(new ProxiedConnection(this, client, _targetPort));
            }
        }
    }
}
