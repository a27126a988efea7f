using System.Diagnostics;

namespace Chat.LoadTests.Sockets;

/// <summary>One epoll and one receive buffer for all sockets of a thread.</summary>
internal sealed class Poller : IDisposable
{
    /// <summary>What a socket got; nothing when the other side has closed it.</summary>
    public delegate void Receiver(int tag, ReadOnlySpan<byte> bytes);

    private readonly int _epoll = Native.Epoll();
    private readonly EpollEvent[] _events = new EpollEvent[256];
    private readonly byte[] _buffer = new byte[256 * 1024];

    /// <summary>Closing it removes it too.</summary>
    public void Add(WebSocketLink link, int tag)
    {
        link.Unblock();
        Native.Watch(_epoll, link.Descriptor, tag);
    }

    public void Remove(WebSocketLink link) => Native.Unwatch(_epoll, link.Descriptor);

    /// <summary>Reads what is there; waits for it at most so many ticks of the stopwatch.</summary>
    public void Turn(long wait, Func<int, WebSocketLink?> linkOf, Receiver received)
    {
        var count = Native.Wait(_epoll, _events, Math.Max(0, wait) * (1_000_000_000 / Stopwatch.Frequency));
        for (var i = 0; i < count; i++)
        {
            var tag = _events[i].Tag;
            if (linkOf(tag) is not { } link)
                continue;
            var read = Native.Receive(link.Descriptor, _buffer);
            if (read >= 0)
                received(tag, _buffer.AsSpan(0, read));
        }
    }

    public void Dispose() => Native.Close(_epoll);
}
