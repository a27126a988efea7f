using System.Net.Sockets;
using System.Text;

namespace Chat.Testing.Clients;

/// <summary>A client of a hub that writes bytes as it likes, since no client's library would.</summary>
public sealed class WireSocket : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly StringBuilder _received = new();

    private WireSocket() { }

    /// <summary>All that came, its heads of frames among it.</summary>
    public string Received => _received.ToString();

    /// <summary>A connection and nothing more.</summary>
    public static async Task<WireSocket> OpenAsync(Uri node)
    {
        var client = new WireSocket();
        await client._socket.ConnectAsync(node.Host, node.Port).WaitAsync(Patience);
        return client;
    }

    /// <summary>After the upgrade; what the node answered to it is in <see cref="Received"/>.</summary>
    public static async Task<WireSocket> ConnectAsync(Uri node, string hub, string token)
    {
        var client = await OpenAsync(node);
        await client.SendAsync(
            Encoding.ASCII.GetBytes(
                $"GET /hubs/{hub}?access_token={token} HTTP/1.1\r\nHost: {node.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
            )
        );
        await client.UntilAsync("\r\n\r\n");
        return client;
    }

    public static WireFrame Record(string record) => new(WireFrame.Text, Encoding.UTF8.GetBytes(record + '\u001e'));

    public async Task ShakeHandsAsync()
    {
        await SendAsync(Record("""{"protocol":"json","version":1}"""));
        await UntilAsync("{}\u001e");
    }

    public Task SendAsync(params IEnumerable<WireFrame> frames) => SendAsync(WireFrame.ToBytes(frames));

    public async Task SendAsync(byte[] bytes)
    {
        try
        {
            for (var sent = 0; sent < bytes.Length; )
                sent += await _socket.SendAsync(bytes.AsMemory(sent)).AsTask().WaitAsync(Patience);
        }
        catch (SocketException)
        {
            // The node has ended it, which reading tells.
        }
    }

    public async Task UntilAsync(string text)
    {
        while (!Received.Contains(text, StringComparison.Ordinal))
        {
            if (!await ReceiveAsync())
                throw new InvalidOperationException($"Ended without \"{text}\": {Received}");
        }
    }

    public async Task<string> ReadToEndAsync()
    {
        while (await ReceiveAsync())
            continue;
        return Received;
    }

    /// <summary>A FIN, or a RST.</summary>
    public void End(bool isReset)
    {
        if (isReset)
            _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        _socket.Dispose();
    }

    public void Dispose() => _socket.Dispose();

    private async Task<bool> ReceiveAsync()
    {
        var buffer = new byte[4096];
        try
        {
            var count = await _socket.ReceiveAsync(buffer).WaitAsync(Patience);
            _received.Append(Encoding.Latin1.GetString(buffer, 0, count));
            return count > 0;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
