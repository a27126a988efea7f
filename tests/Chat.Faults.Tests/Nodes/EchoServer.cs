using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Chat.Faults.Tests.Nodes;

/// <summary>Answers each read with the same bytes behind a prefix, and tells what it received.</summary>
internal sealed class EchoServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _received = new(StringComparer.Ordinal);
    private readonly string _prefix;

    public EchoServer(string prefix)
    {
        _prefix = prefix;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _ = AcceptAsync();
    }

    public int Port { get; }

    public Task Received(string text) => Signal(text).Task;

    public void Dispose() => _listener.Dispose();

    private TaskCompletionSource Signal(string text) => _received.GetOrAdd(text, _ => new TaskCompletionSource());

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = EchoAsync(await _listener.AcceptTcpClientAsync());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task EchoAsync(TcpClient client)
    {
        using var _ = client;
        var buffer = new byte[1000];
        try
        {
            while (await client.GetStream().ReadAsync(buffer) is var count and > 0)
            {
                var text = Encoding.ASCII.GetString(buffer, 0, count);
                Signal(text).TrySetResult();
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(_prefix + text));
            }
        }
        catch (IOException)
        {
            // Cut by the proxy, as the tests mean it.
        }
    }
}
