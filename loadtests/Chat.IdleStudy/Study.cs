using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Chat.IdleStudy;

/// <summary>Each kind of server holds the same idle connections; what one of them takes there is printed.</summary>
internal static class Study
{
    private const int WarmUp = 200;

    public static async Task RunAsync(int connections)
    {
        Console.WriteLine($"{connections} idle connections, bytes of one: live objects, and what the kernel counts for the process");
        Console.WriteLine("| | live | resident |");
        Console.WriteLine("|---|---:|---:|");
        foreach (var layers in Enum.GetValues<Layers>())
        {
            var (live, resident) = await MeasureAsync(layers, connections);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {layers} | {live:N0} | {resident:N0} |"));
        }
    }

    private static async Task<(double Live, double Resident)> MeasureAsync(Layers layers, int connections)
    {
        using var server = Process.Start(
            new ProcessStartInfo(Environment.ProcessPath!, [layers.ToString()])
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            }
        )!;
        var sockets = new List<Socket>();
        try
        {
            var port = int.Parse(await SaidByAsync(server), CultureInfo.InvariantCulture);
            for (var i = 0; i < WarmUp; i++)
                Connect(port).Dispose();
            var before = await AskAsync(server);
            for (var i = 0; i < connections; i++)
                sockets.Add(Connect(port));
            var after = await AskAsync(server);
            return ((after.Managed - before.Managed) / connections, (after.Resident - before.Resident) / connections);
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
            server.StandardInput.Close();
            await server.WaitForExitAsync();
        }
    }

    private static async Task<(double Managed, double Resident)> AskAsync(Process server)
    {
        await server.StandardInput.WriteLineAsync();
        var said = (await SaidByAsync(server)).Split(' ');
        return (double.Parse(said[0], CultureInfo.InvariantCulture), double.Parse(said[1], CultureInfo.InvariantCulture));
    }

    private static async Task<string> SaidByAsync(Process server) =>
        await server.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The server has ended.");

    /// <summary>Up to the answer to the hub's handshake.</summary>
    private static Socket Connect(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(IPAddress.Loopback, port);
        socket.Send(
            "GET / HTTP/1.1\r\nHost: study\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"u8
        );
        Span<byte> answer = stackalloc byte[1024];
        var count = 0;
        while (!answer[..count].EndsWith("\r\n\r\n"u8))
            count += socket.Receive(answer[count..]);
        var handshake = Encoding.UTF8.GetBytes("{\"protocol\":\"json\",\"version\":1}\u001e");
        // A mask of zeros leaves the text as it is.
        socket.Send([0x81, (byte)(0x80 | handshake.Length), 0, 0, 0, 0, .. handshake]);
        if (socket.Receive(answer) == 0)
            throw new InvalidOperationException("The server has closed the connection.");
        return socket;
    }
}
