namespace Chat.IdleStudy;

/// <summary>What stands between the kernel's socket and nothing, or a hub.</summary>
internal enum Layers
{
    /// <summary>A socket of the runtime and a WebSocket over it.</summary>
    Socket,

    /// <summary>The same under SignalR's hub.</summary>
    SocketAndHub,

    /// <summary>A connection of Kestrel, with its two pipes and without its HTTP, and a WebSocket over it.</summary>
    Kestrel,

    /// <summary>The same under SignalR's hub.</summary>
    KestrelAndHub,
}
