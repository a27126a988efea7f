using Microsoft.Extensions.Options;

namespace Chat.Server.Sockets;

/// <summary>Bounds the bytes that a node holds of frames that have not come whole, of all sockets together.</summary>
internal sealed class FrameRoom(IOptions<SocketOptions> options)
{
    private readonly long _most = options.Value.UnfinishedBytes;
    private long _used;

    public long Used => Volatile.Read(ref _used);

    /// <summary>Takes one socket's share from one size to another; false: there is no room, and nothing has changed.</summary>
    public bool TryResize(int from, int to)
    {
        var used = Interlocked.Add(ref _used, to - from);
        // Small frames have half of it for themselves.
        if (to <= from || used <= (to <= ReceiveBuffer.FirstBytes ? _most : _most / 2))
            return true;
        Interlocked.Add(ref _used, from - to);
        return false;
    }
}
