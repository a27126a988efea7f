using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Chat.LoadTests.Sockets;

/// <summary>
/// One WebSocket on a bare socket: blocking calls while it is set up, after that its descriptor belongs to an event loop. Masks are zero, so that
/// payloads go out as they are.
/// </summary>
internal sealed class WebSocketLink : IDisposable
{
    [ThreadStatic]
    private static byte[]? _shared;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
    {
        NoDelay = true,
        ReceiveTimeout = 30_000,
    };
    private readonly byte? _separator;
    private readonly Queue<string> _records = [];

    private WebSocketLink(byte? separator)
    {
        _separator = separator;
        Frames = new FrameReader(separator);
    }

    public int Descriptor => (int)_socket.Handle;

    public FrameReader Frames { get; }

    /// <param name="server">Without TLS: what ends it in front of a cluster would be measured too.</param>
    /// <param name="target">Path and query.</param>
    /// <param name="separator">The byte that ends a record within frames; null: a frame is a record.</param>
    /// <param name="protocol">Sub-protocol, or null.</param>
    public static WebSocketLink Connect(Uri server, string target, byte? separator, string? protocol = null)
    {
        var link = new WebSocketLink(separator);
        try
        {
            link.Upgrade(server, target, protocol);
            return link;
        }
        catch
        {
            link.Dispose();
            throw;
        }
    }

    public void Send(string record) => SendFrame(Frame(record, _separator));

    public void SendFrame(ReadOnlySpan<byte> frame)
    {
        while (!frame.IsEmpty)
            frame = frame[_socket.Send(frame)..];
    }

    /// <summary>The next record, waited for.</summary>
    public string Next()
    {
        var buffer = Buffer();
        while (_records.Count == 0)
        {
            var read = Frames.IsClosed ? 0 : _socket.Receive(buffer);
            if (read == 0)
                throw new SocketException((int)SocketError.ConnectionReset);
            var records = Frames.Read(buffer.AsSpan(0, read));
            while (records.TryNext(out var record))
                _records.Enqueue(Encoding.UTF8.GetString(record));
        }
        return _records.Dequeue();
    }

    /// <summary>Records that came with those that were taken: an event loop would never see them.</summary>
    public IReadOnlyList<string> TakeRest()
    {
        string[] rest = [.. _records];
        _records.Clear();
        return rest;
    }

    /// <summary>From now on reading and writing never wait.</summary>
    public void Unblock() => _socket.Blocking = false;

    /// <summary>The kernel keeps at most about twice this much for a side that does not read.</summary>
    public void LimitReceiveBuffer(int bytes) => _socket.ReceiveBufferSize = bytes;

    /// <summary>The other side has closed or reset it, whether what it sent before was read or not.</summary>
    public bool WasReset()
    {
        try
        {
            var buffer = Buffer();
            while (_socket.Receive(buffer) > 0) { }
            return true;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode != SocketError.WouldBlock;
        }
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>A masked text frame of one record.</summary>
    public static byte[] Frame(string record, byte? separator)
    {
        byte[] payload = separator is { } end ? [.. Encoding.UTF8.GetBytes(record), end] : Encoding.UTF8.GetBytes(record);
        byte[] head =
            payload.Length < 126
                ? [0x81, (byte)(0x80 | payload.Length), 0, 0, 0, 0]
                : [0x81, 0xFE, (byte)(payload.Length >> 8), (byte)payload.Length, 0, 0, 0, 0];
        return [.. head, .. payload];
    }

    private void Upgrade(Uri server, string target, string? protocol)
    {
        _socket.Connect(
            IPAddress.TryParse(server.Host, out var address) ? address : Dns.GetHostAddresses(server.Host, AddressFamily.InterNetwork)[0],
            server.Port
        );
        var offered = protocol is null ? "" : $"Sec-WebSocket-Protocol: {protocol}\r\n";
        SendFrame(
            Encoding.ASCII.GetBytes(
                $"GET {target} HTTP/1.1\r\nHost: {server.Authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n{offered}"
                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
            )
        );
        var buffer = Buffer();
        var length = 0;
        // Byte by byte: what follows the head is a frame already.
        while (!buffer.AsSpan(0, length).EndsWith("\r\n\r\n"u8))
        {
            var read = _socket.Receive(buffer.AsSpan(length, 1));
            if (read == 0)
                break;
            length += read;
        }
        if (!buffer.AsSpan(0, length).StartsWith("HTTP/1.1 101"u8))
            throw new IOException($"No WebSocket: {Encoding.ASCII.GetString(buffer, 0, length)}");
    }

    private static byte[] Buffer() => _shared ??= new byte[64 * 1024];
}
