using System.Net;
using System.Net.Sockets;

namespace Chat.Testing.Processes;

public static class FreePort
{
    // Below the range from which systems take ports for outgoing connections: one of those would come between the choice and its use, which on a busy
    // machine is seconds later.
    private const int First = 10_000;
    private const int End = 32_768;

    private static readonly Lock Gate = new();
    private static readonly HashSet<int> Given = [];

    /// <summary>A loopback port that nobody listens on, and that this process has not been given before.</summary>
    public static int Next()
    {
        lock (Gate)
        {
            while (true)
            {
                var port = Random.Shared.Next(First, End);
                if (IsFree(port) && Given.Add(port))
                    return port;
            }
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
