using System.Net;
using System.Net.Sockets;

namespace Chat.Conformance.Network;

/// <summary>A TCP proxy on loopback that treats those who go through it as a bad network does.</summary>
internal sealed class HostileProxy : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Lock _gate = new();
    private readonly Random _random;
    private readonly List<(HostileConnection Connection, Task Run)> _connections = [];
    private readonly List<(int Many, TaskCompletionSource Reached)> _waiters = [];
    private readonly Task _accepting;
    private TaskCompletionSource _calm = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public HostileProxy(int targetPort, int seed)
    {
        (TargetPort, _random) = (targetPort, new Random(seed));
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndPoint!).Port}");
        _accepting = AcceptAsync();
    }

    public Uri Address { get; }

    public Weather Weather { get; } = new();

    /// <summary>Of new connections.</summary>
    public volatile int TargetPort;

    public int Connects { get; private set; }

    /// <summary>How many of them.</summary>
    public int Refusals { get; private set; }

    /// <summary>Completes when there have been so many connects.</summary>
    public Task UntilConnectsAsync(int many)
    {
        lock (_gate)
        {
            if (Connects >= many)
                return Task.CompletedTask;
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((many, reached));
            return reached.Task.WaitAsync(TimeSpan.FromMinutes(2));
        }
    }

    /// <summary>Good weather, also for what stands still.</summary>
    public void Calm()
    {
        Weather.Clear();
        lock (_gate)
        {
            _calm.TrySetResult();
            _calm = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public void CutAll()
    {
        lock (_gate)
        {
            _connections.ForEach(c => c.Connection.Cut());
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
        CutAll();
        foreach (var (connection, run) in _connections)
        {
            await run;
            connection.Dispose();
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                Take(await _listener.AcceptAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private void Take(Socket client)
    {
        lock (_gate)
        {
            Connects++;
            _waiters.RemoveAll(waiter => waiter.Many <= Connects && waiter.Reached.TrySetResult());
            // Of each connection its own numbers, so that one does not change another's.
            var random = new Random(_random.Next());
            var connection = new HostileConnection(client, TargetPort, Weather, random) { Calm = WaitForCalm };
            if (Weather.RefuseOneOf is var many and > 0 && _random.Next(many) == 0)
            {
                Refusals++;
                connection.Dispose();
                return;
            }
            _connections.Add((connection, connection.RunAsync()));
        }
    }

    private Task WaitForCalm()
    {
        lock (_gate)
            return _calm.Task;
    }
}
