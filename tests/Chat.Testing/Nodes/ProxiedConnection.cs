using System.Net;
using System.Net.Sockets;

namespace Chat.Testing.Nodes;

/// <summary>One client of the proxy, joined with its own connection to the server.</summary>
internal sealed class ProxiedConnection : IDisposable
{
    private readonly TcpProxy _proxy;
    private readonly Socket _client;
    private readonly Socket _server = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly CancellationTokenSource _cut = new();
    private readonly Valve _own = new();

    // Written by the pump of the client before it forwards the bytes that sprung it, read by the pump of the server.
    private volatile Trap? _trap;

    public ProxiedConnection(TcpProxy proxy, Socket client, int targetPort)
    {
        _proxy = proxy;
        _client = client;
        _client.NoDelay = true;
        Ended = RunAsync(targetPort);
    }

    public Task Ended { get; }

    /// <summary>A reset on both sides, not an orderly end. It may be called more than once and at any time.</summary>
    public void Cut()
    {
        Reset(_client);
        Reset(_server);
        _cut.Cancel();
    }

    /// <summary>Forwards nothing any more, not even that a side has closed.</summary>
    public void Strand() => _own.Close();

    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
        _cut.Dispose();
    }

    private static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Closed already by its peer or by an earlier cut.
        }
        socket.Dispose();
    }

    private async Task RunAsync(int targetPort)
    {
        try
        {
            await _server.ConnectAsync(new IPEndPoint(IPAddress.Loopback, targetPort), _cut.Token);
            await Task.WhenAll(
                PumpAsync(_client, _server, Direction.FromClient, SpringTrap),
                PumpAsync(_server, _client, Direction.FromServer, CutIfTrapped)
            );
        }
        catch (Exception e) when (IsEnd(e))
        {
            Cut();
        }
        _client.Dispose();
        _server.Dispose();
        // Ended by somebody else before the answer came: it has not passed either.
        _trap?.Sprung.TrySetResult();
    }

    private async Task PumpAsync(Socket from, Socket to, Direction direction, Action<ReadOnlyMemory<byte>> look)
    {
        var buffer = new byte[64 * 1024];
        var valve = _proxy.ValveOf(direction);
        try
        {
            while (await from.ReceiveAsync(buffer, _cut.Token) is var count and > 0)
            {
                var bytes = buffer.AsMemory(0, count);
                look(bytes);
                await valve.OpenedAsync(_cut.Token);
                await _own.OpenedAsync(_cut.Token);
                for (var sent = 0; sent < count; )
                {
                    var piece = valve.Piece(bytes[sent..]);
                    sent += await to.SendAsync(piece, _cut.Token);
                    await valve.PassedAsync(piece.Length, _cut.Token);
                }
            }
            await valve.OpenedAsync(_cut.Token);
            await _own.OpenedAsync(_cut.Token);
            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (IsEnd(e))
        {
            Cut();
        }
    }

    private void SpringTrap(ReadOnlyMemory<byte> bytes) => _trap ??= _proxy.TakeTrap(bytes);

    private void CutIfTrapped(ReadOnlyMemory<byte> bytes)
    {
        if (_trap is { } trap)
        {
            Cut();
            trap.Sprung.TrySetResult();
            _cut.Token.ThrowIfCancellationRequested();
        }
    }

    private static bool IsEnd(Exception e) => e is SocketException or ObjectDisposedException or OperationCanceledException;
}

/// <summary>Waits for a request of a client; its connection is cut instead of the answer.</summary>
internal sealed record Trap(Func<ReadOnlyMemory<byte>, bool> Matches)
{
    public TaskCompletionSource Sprung { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>Open at first; while it is closed nothing passes, and while it is narrow a little at a time.</summary>
internal sealed class Valve
{
    private const int PiecesPerSecond = 20;

    private TaskCompletionSource? _closed;
    private volatile int _bytesPerSecond;

    /// <summary>0: as many as there are.</summary>
    public int BytesPerSecond
    {
        get => _bytesPerSecond;
        set => _bytesPerSecond = value;
    }

    /// <summary>What may pass at once, the first of these bytes.</summary>
    public ReadOnlyMemory<byte> Piece(ReadOnlyMemory<byte> bytes) =>
        _bytesPerSecond is var rate and > 0 ? bytes[..Math.Min(bytes.Length, Math.Max(1, rate / PiecesPerSecond))] : bytes;

    /// <summary>As long as so many bytes take.</summary>
    public Task PassedAsync(int bytes, CancellationToken cancellationToken) =>
        _bytesPerSecond is var rate and > 0
            ? Task.Delay(TimeSpan.FromSeconds((double)bytes / rate), cancellationToken)
            : Task.CompletedTask;

    public Task OpenedAsync(CancellationToken cancellationToken) =>
        Volatile.Read(ref _closed)?.Task.WaitAsync(cancellationToken) ?? Task.CompletedTask;

    public void Close() =>
        Interlocked.CompareExchange(ref _closed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), null);

    public void Open() => Interlocked.Exchange(ref _closed, null)?.TrySetResult();
}
