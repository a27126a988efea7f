using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Chat.LoadTests.Sockets;

/// <summary>
/// One SignalR connection on a bare socket: blocking calls while it is set up, after that its descriptor belongs to an event loop. Masks are zero,
/// so that payloads go out as they are.
/// </summary>
internal sealed class HubSocket : IDisposable
{
    public const byte RecordSeparator = 0x1e;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
    {
        NoDelay = true,
        ReceiveTimeout = 30_000,
    };
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly FrameReader _frames = new();
    private readonly Queue<string> _records = [];

    public int Descriptor => (int)_socket.Handle;

    public static HubSocket Connect(Uri node, string path, string token)
    {
        var hub = new HubSocket();
        hub._socket.Connect(IPAddress.Loopback, node.Port);
        hub._socket.Send(
            Encoding.ASCII.GetBytes(
                $"GET {path}?access_token={token} HTTP/1.1\r\nHost: 127.0.0.1:{node.Port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
            )
        );
        hub.ReadUpgrade();
        hub.Send("{\"protocol\":\"json\",\"version\":1}");
        hub.NextRecord();
        return hub;
    }

    /// <summary>Calls a method and waits for its completion, whose JSON it returns; pushes meanwhile are skipped.</summary>
    public string Call(string method, string argument)
    {
        Send($"{{\"type\":1,\"invocationId\":\"setup\",\"target\":\"{method}\",\"arguments\":[{argument}]}}");
        while (true)
        {
            var record = NextRecord();
            if (!record.StartsWith("{\"type\":3", StringComparison.Ordinal))
                continue;
            return record.Contains("\"error\":", StringComparison.Ordinal)
                ? throw new InvalidOperationException($"{method}: {record}")
                : record;
        }
    }

    /// <summary>SignalR's server gives up on a client that is silent for half a minute, and to connect all of them may take longer.</summary>
    public void Ping() => Send("{\"type\":6}");

    /// <summary>From now on reading and writing never wait.</summary>
    public void Unblock() => _socket.Blocking = false;

    public void Dispose() => _socket.Dispose();

    /// <summary>A WebSocket text frame of one record.</summary>
    public static byte[] Frame(string record)
    {
        var payload = Encoding.UTF8.GetBytes(record);
        var length = payload.Length + 1;
        byte[] head =
            length < 126 ? [0x81, (byte)(0x80 | length), 0, 0, 0, 0] : [0x81, 0xFE, (byte)(length >> 8), (byte)length, 0, 0, 0, 0];
        return [.. head, .. payload, RecordSeparator];
    }

    private void Send(string record) => _socket.Send(Frame(record));

    private void ReadUpgrade()
    {
        var length = 0;
        while (!_buffer.AsSpan(0, length).EndsWith("\r\n\r\n"u8))
        {
            var read = _socket.Receive(_buffer.AsSpan(length, 1));
            if (read == 0)
                break;
            length += read;
        }
        if (!_buffer.AsSpan(0, length).StartsWith("HTTP/1.1 101"u8))
            throw new InvalidOperationException(Encoding.ASCII.GetString(_buffer, 0, length));
    }

    private string NextRecord()
    {
        while (_records.Count == 0)
        {
            var read = _socket.Receive(_buffer);
            if (read == 0)
                throw new InvalidOperationException("The server closed the socket.");
            var records = _frames.Read(_buffer.AsSpan(0, read));
            while (records.TryNext(out var record))
                _records.Enqueue(Encoding.UTF8.GetString(record));
        }
        return _records.Dequeue();
    }
}
