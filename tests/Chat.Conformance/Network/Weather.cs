namespace Chat.Conformance.Network;

/// <summary>What a network does to those who use it. Everything may change while connections are open.</summary>
internal sealed class Weather
{
    /// <summary>Waits this long before each piece of data, up to.</summary>
    public volatile int DelayMs;

    /// <summary>Bytes a second and direction. 0: as many as there are.</summary>
    public volatile int BytesPerSecond;

    /// <summary>One of so many connects is refused. 0: none.</summary>
    public volatile int RefuseOneOf;

    /// <summary>One of so many frames of the server comes twice. 0: none.</summary>
    public volatile int DuplicateOneOf;

    /// <summary>One of so many frames of the server is cut in its middle, and the connection with it. 0: none.</summary>
    public volatile int TruncateOneOf;

    /// <summary>Data of the server is held back; that of the client goes on.</summary>
    public volatile bool HalfOpen;

    /// <summary>Connects succeed and nothing ever comes or goes.</summary>
    public volatile bool BlackHole;

    /// <summary>Upgrades to a WebSocket are cut: a proxy that knows HTTP only.</summary>
    public volatile bool NoWebSockets;

    /// <summary>Frames of the server come as a later version would send them; see <see cref="Network.LaterVersion"/>.</summary>
    public volatile bool LaterVersion;

    public void Clear()
    {
        (DelayMs, BytesPerSecond, RefuseOneOf, DuplicateOneOf, TruncateOneOf) = (0, 0, 0, 0, 0);
        (HalfOpen, BlackHole, NoWebSockets, LaterVersion) = (false, false, false, false);
    }
}
