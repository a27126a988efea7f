using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Chat.Conformance.Network;

/// <summary>A TCP proxy on loopback that treats those who go through it as a bad network does.</summary>
internal sealed class HostileProxy : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Lock _gate = new();
    private readonly Random _random;
    private readonly List<(HostileConnection Connection, Task Run)> _connections = [];
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

    /// <summary>What is done to single records.</summary>
    public Rules Rules { get; } = new();

    /// <summary>What went by.</summary>
    public Traffic Traffic { get; } = new();

    /// <summary>Of new connections.</summary>
    public volatile int TargetPort;

    public int Connects => Traffic.Connects.Count;

    /// <summary>How many of them.</summary>
    public int Refusals => Traffic.Connects.Count(connect => connect.IsRefused);

    /// <summary>Completes when there have been so many connects.</summary>
    public Task UntilConnectsAsync(int many, TimeSpan? patience = null) =>
        Traffic.UntilAsync(() => Connects >= many, $"connect number {many}", patience);

    /// <summary>Good weather, also for what stands still.</summary>
    public void Calm()
    {
        Weather.Clear();
        Rules.Clear();
        lock (_gate)
        {
            _calm.TrySetResult();
            _calm = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _connections.ForEach(c => _ = c.Connection.ReleaseAsync());
        }
    }

    public void CutAll()
    {
        lock (_gate)
        {
            _connections.ForEach(c => c.Connection.Cut());
        }
    }

    /// <summary>A push in the server's name, to all that are online; there must be one.</summary>
    public async Task PushAsync(string name, object content)
    {
        List<HostileConnection> online;
        lock (_gate)
            online = [.. _connections.Select(c => c.Connection).Where(c => c.IsOnline)];
        if (online.Count == 0)
            throw new ScenarioFault($"there was no connection to send '{name}' to");
        var record = HubRecord.Push(name, JsonSerializer.SerializeToNode(content, JsonSerializerOptions.Web));
        foreach (var connection in online)
            await connection.InjectAsync(record);
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
            // Of each connection its own numbers, so that one does not change another's.
            var random = new Random(_random.Next());
            var connection = new HostileConnection(client, TargetPort, Weather, random)
            {
                Calm = WaitForCalm,
                Rules = Rules,
                Traffic = Traffic,
                Number = _connections.Count,
            };
            var isRefused = Weather.RefuseOneOf is var many and > 0 && _random.Next(many) == 0;
            Traffic.AddConnect(isRefused);
            if (isRefused)
                connection.Dispose();
            else
                _connections.Add((connection, connection.RunAsync()));
        }
    }

    private Task WaitForCalm()
    {
        lock (_gate)
            return _calm.Task;
    }
}
