using System.Net.Sockets;
using System.Text;

namespace Chat.Testing.Processes;

/// <summary>Has a .NET process collect its garbage, over the runtime's own diagnostic port, as dotnet-gcdump does.</summary>
public static class ManagedHeap
{
    private const string Provider = "Microsoft-Windows-DotNETRuntime";

    /// <summary>A session of events with this keyword begins with a full collection.</summary>
    private const ulong Collect = 0x80_0000;
    private const byte Tracing = 2;
    private const byte Start = 2;
    private const byte Stop = 1;

    /// <summary>Ends when the collection has been made.</summary>
    public static async Task CollectAsync(int pid)
    {
        using var session = await ConnectAsync(pid);
        await SendAsync(
            session,
            Start,
            [.. Bytes(16u), .. Bytes(1u), .. Bytes(1u), .. Bytes(Collect), .. Bytes(4u), .. Text(Provider), .. Text("")]
        );
        var answer = new byte[28];
        await session.ReadExactlyAsync(answer);
        using var end = await ConnectAsync(pid);
        await SendAsync(end, Stop, answer[20..]);
        // All events: the runtime ends the stream when they are written.
        await session.CopyToAsync(Stream.Null);
    }

    private static async Task<NetworkStream> ConnectAsync(int pid)
    {
        var port = Directory.EnumerateFiles(Path.GetTempPath(), $"dotnet-diagnostic-{pid}-*-socket").Single();
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(port));
        return new NetworkStream(socket, ownsSocket: true);
    }

    private static async Task SendAsync(NetworkStream to, byte command, byte[] payload)
    {
        var length = BitConverter.GetBytes((ushort)(20 + payload.Length));
        await to.WriteAsync((byte[])[.. "DOTNET_IPC_V1\0"u8, .. length, Tracing, command, 0, 0, .. payload]);
    }

    private static byte[] Bytes(uint number) => BitConverter.GetBytes(number);

    private static byte[] Bytes(ulong number) => BitConverter.GetBytes(number);

    private static byte[] Text(string text) => [.. Bytes((uint)text.Length + 1), .. Encoding.Unicode.GetBytes(text + '\0')];
}
