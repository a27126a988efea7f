using System.Collections;
using System.IO.Pipelines;
using System.Net.WebSockets;
using Chat.Server.Delivery;
using Chat.Server.Hosting;
using Chat.Server.Identity;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Chat.Server.Sockets;

/// <summary>
/// A WebSocket as SignalR's hubs take a connection. SignalR's own way there is made for transports of any kind, and holds two pipes with a loop at each
/// end, a dictionary of features and a dozen tasks for each socket; here one object is all of it.
/// </summary>
internal sealed class SocketConnection
    : ConnectionContext,
        IDuplexPipe,
        IFeatureCollection,
        IConnectionHeartbeatFeature,
        IConnectionLifetimeNotificationFeature,
        IDisposable
{
    /// <summary>
    /// A write that makes no progress for so long ends the connection. The kernel's buffer empties in steps of up to 64 KB, and takes nothing between two:
    /// that is 16 s at 32 kbit/s.
    /// </summary>
    private static readonly TimeSpan SendPatience = TimeSpan.FromSeconds(30);

    private readonly string _id;
    private readonly Action _abort;
    private readonly WebSocket _socket;
    private readonly SocketReader _reader;
    private readonly SocketWriter _writer;
    private readonly CancellationTokenSource _closing = new();
    private (Action<object> Action, object State)[] _beats = [];
    private Dictionary<Type, object>? _others;
    private IDictionary<object, object?>? _items;
    private ClientConnection? _client;

    /// <summary>Ends the socket with itself.</summary>
    public SocketConnection(WebSocket socket, Caller caller, FrameRules rules, string id, Action abort, OutgoingBytes outgoing)
    {
        (_socket, _id, _abort) = (socket, id, abort);
        Caller = caller;
        _reader = new SocketReader(socket, rules);
        Waiting = outgoing.Open(abort);
        _writer = new SocketWriter(socket, Waiting);
    }

    public Caller Caller { get; }

    /// <summary>What the WebSocket reads, where that is known.</summary>
    public DirectStream? Bytes { get; init; }

    /// <summary>What waits to be written.</summary>
    public OutgoingBytes.Account Waiting { get; }

    /// <summary>How long a write has been under way without progress.</summary>
    public TimeSpan SendingFor => _writer.SendingFor;

    // Kestrel's own, unique while the process lives.
    public override string ConnectionId
    {
        get => _id;
        set => throw new NotSupportedException();
    }

    public override IFeatureCollection Features => this;

    public override IDictionary<object, object?> Items
    {
        get => _items ??= new Dictionary<object, object?>();
        set => _items = value;
    }

    public override IDuplexPipe Transport
    {
        get => this;
        set => throw new NotSupportedException();
    }

    // The end of a connection is the end of its input.
    public override CancellationToken ConnectionClosed
    {
        get => CancellationToken.None;
        set => throw new NotSupportedException();
    }

    public PipeReader Input => _reader;

    public PipeWriter Output => _writer;

    public CancellationToken ConnectionClosedRequested
    {
        get => _closing.Token;
        set => throw new NotSupportedException();
    }

    public bool IsReadOnly => false;

    public int Revision => 0;

    public object? this[Type key]
    {
        get =>
            key == typeof(ClientConnection) ? _client
            : key == typeof(Caller) ? Caller
            : key == typeof(IConnectionHeartbeatFeature)
            || key == typeof(IConnectionLifetimeNotificationFeature)
            || key == typeof(SocketConnection)
                ? this
            : _others?.GetValueOrDefault(key);
        set
        {
            if (key == typeof(ClientConnection))
                _client = (ClientConnection?)value;
            else if (value is null)
                _others?.Remove(key);
            else
                (_others ??= [])[key] = value;
        }
    }

    public TFeature? Get<TFeature>() => (TFeature?)this[typeof(TFeature)];

    public void Set<TFeature>(TFeature? instance) => this[typeof(TFeature)] = instance;

    public IEnumerator<KeyValuePair<Type, object>> GetEnumerator() => (_others ?? []).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public void OnHeartbeat(Action<object> action, object state) => _beats = [.. _beats, (action, state)];

    /// <summary>Once a second: pings, and the look whether its token has ended and its client is still there.</summary>
    public void Beat(DateTimeOffset now)
    {
        foreach (var (action, state) in _beats)
            action(state);
        _client?.Beat(now);
        _reader.Beat(Bytes?.Reads ?? 0);
        if (SendingFor > SendPatience)
            Abort();
    }

    // Elsewhere, since SignalR writes its close message in it.
    public void RequestClose() => _ = _closing.CancelAsync();

    public override void Abort(ConnectionAbortedException abortReason) => _abort();

    public override void Abort() => _abort();

    /// <summary>Hello is worked on: nothing more is received until it is answered.</summary>
    public void BeginHello() => _reader.Pause();

    /// <param name="isAnswered">From now on frames may be as long as any.</param>
    public void EndHello(bool isAnswered)
    {
        if (isAnswered)
            _reader.Welcome();
        _reader.Resume();
    }

    /// <summary>After the hub has ended: the closing handshake, for as long as the client may take for it.</summary>
    public async Task CloseAsync(WebSocketCloseStatus status, TimeSpan patience)
    {
        if (_socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived))
            return;
        using var limit = new CancellationTokenSource(patience);
        await using var late = limit.Token.UnsafeRegister(static state => ((Action)state!)(), _abort);
        try
        {
            await _socket.CloseOutputAsync(status, null, CancellationToken.None);
            await _reader.DrainAsync();
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException or IOException)
        {
            // Gone already.
        }
    }

    public void Dispose()
    {
        _closing.Dispose();
        _reader.Complete();
        _writer.Complete();
        _socket.Dispose();
        Waiting.Dispose();
    }
}
