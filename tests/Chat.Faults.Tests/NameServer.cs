using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Chat.Faults.Tests;

/// <summary>What a name server says of every name.</summary>
public enum NameAnswer
{
    /// <summary>This machine.</summary>
    Right,

    /// <summary>That there is no such name (NXDOMAIN).</summary>
    Missing,

    /// <summary>Nothing: whoever asks waits until his patience ends.</summary>
    None,

    /// <summary>An address of this machine where nobody listens.</summary>
    Stale,
}

/// <summary>The only name server of a network namespace: UDP, IPv4, port 53 of its loopback.</summary>
internal sealed class NameServer : IDisposable
{
    private const int HeaderLength = 12;
    private const byte NoSuchName = 3;

    private static readonly byte[] Here = [127, 0, 0, 1];
    private static readonly byte[] Elsewhere = [127, 0, 0, 66];

    private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 53));
    private readonly Lock _gate = new();
    private readonly List<(string Name, TaskCompletionSource Asked)> _waiters = [];
    private volatile NameAnswer _answer;

    private NameServer() => _ = ServeAsync();

    /// <summary>For the questions to come.</summary>
    public NameAnswer Answer
    {
        get => _answer;
        set => _answer = value;
    }

    public static NameServer Start() => new();

    /// <summary>Completes with the next question for the name.</summary>
    public Task AskedAsync(string name)
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
            _waiters.Add((name, asked));
        return asked.Task.WaitAsync(TimeSpan.FromMinutes(1));
    }

    public void Dispose() => _socket.Dispose();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var query = await _socket.ReceiveAsync();
                var answer = _answer;
                if (Reply(query.Buffer, answer, out var name) is { } reply)
                    await _socket.SendAsync(reply, query.RemoteEndPoint);
                lock (_gate)
                    _waiters.RemoveAll(waiter => waiter.Name == name && waiter.Asked.TrySetResult());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    /// <summary>Null: silence.</summary>
    private static byte[]? Reply(byte[] query, NameAnswer answer, out string name)
    {
        var labels = new List<string>();
        var at = HeaderLength;
        for (; query[at] > 0; at += 1 + query[at])
            labels.Add(Encoding.ASCII.GetString(query, at + 1, query[at]));
        name = string.Join('.', labels);
        // The empty label, then two bytes of type, of which 1 asks for an IPv4 address, and two of class.
        var end = at + 5;
        var address = query[at + 2] == 1 && answer is (NameAnswer.Right or NameAnswer.Stale);
        if (answer == NameAnswer.None)
            return null;
        return
        [
            .. query[..2],
            0x85,
            answer == NameAnswer.Missing ? NoSuchName : (byte)0,
            .. (ReadOnlySpan<byte>)[0, 1, 0, (byte)(address ? 1 : 0), 0, 0, 0, 0],
            .. query[HeaderLength..end],
            // The name of the question, an address of the internet, to be kept for no time.
            .. address ? [0xC0, HeaderLength, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, .. answer == NameAnswer.Right ? Here : Elsewhere] : (byte[])[],
        ];
    }
}
