using Chat.Testing.Nodes;
using Chat.Testing.Processes;

namespace Chat.LoadTests.Systems.Peers;

/// <summary>A process of a peer, which says on its output when it listens.</summary>
internal sealed class PeerNode : IServerNode, IAsyncDisposable
{
    private readonly Func<ChildProcess> _launch;
    private ChildProcess _process;

    private PeerNode(Uri address, Func<ChildProcess> launch)
    {
        (Address, _launch) = (address, launch);
        _process = launch();
    }

    public Uri Address { get; }

    public int Id => _process.Id;

    public bool IsRunning => !_process.Exited.IsCompleted;

    public static async Task<PeerNode> StartAsync(int port, Func<ChildProcess> launch)
    {
        var node = new PeerNode(new Uri($"http://127.0.0.1:{port}"), launch);
        try
        {
            await node.ListeningAsync();
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    public void Kill() => _process.Send(Signal.Kill);

    public void Terminate() => _process.Send(Signal.Terminate);

    public Task<int> WaitForExitAsync(TimeSpan? timeout = null) => _process.Exited.WaitAsync(timeout ?? TimeSpan.FromSeconds(60));

    public async Task RestartAsync()
    {
        await _process.KillAsync();
        await _process.DisposeAsync();
        _process = _launch();
        await ListeningAsync();
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private async Task ListeningAsync() => await _process.WaitForLineAsync("listening");
}
