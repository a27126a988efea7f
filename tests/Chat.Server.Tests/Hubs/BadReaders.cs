using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Chat.Server.Tests.Hubs;

/// <summary>Connections that ask over and over and take nothing of what they are answered.</summary>
internal sealed class BadReaders(Uri node) : IDisposable
{
    private readonly List<Socket> _sockets = [];

    /// <summary>One more connection; its requests are all on their way when it returns.</summary>
    public async Task AskAsync(string token, string path, int times)
    {
        // Its kernel takes next to nothing for it.
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 2048 };
        _sockets.Add(socket);
        await socket.ConnectAsync(node.Host, node.Port);
        var request = $"GET /api/v1/{path} HTTP/1.1\r\nHost: {node.Authority}\r\nAuthorization: Bearer {token}\r\n\r\n";
        await socket.SendAsync(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(request, times))));
    }

    /// <summary>The status of the first answer on the newest connection, once there is one.</summary>
    public async Task<int> StatusOfNewestAsync(CancellationToken cancellation)
    {
        var head = new byte["HTTP/1.1 200".Length];
        await _sockets[^1].ReceiveAsync(head, cancellation);
        return int.Parse(Encoding.ASCII.GetString(head)[^3..], CultureInfo.InvariantCulture);
    }

    /// <summary>Takes 500 bytes a second of the newest connection until the server ends it.</summary>
    public async Task TrickleAsync(CancellationToken cancellation)
    {
        var some = new byte[500];
        using var seconds = new PeriodicTimer(TimeSpan.FromSeconds(1));
        try
        {
            while (await _sockets[^1].ReceiveAsync(some, cancellation) > 0)
                await seconds.WaitForNextTickAsync(cancellation);
        }
        catch (SocketException)
        {
            // Ended with what had not been taken.
        }
    }

    public void Dispose() => _sockets.ForEach(socket => socket.Dispose());
}
