namespace Chat.Client;

/// <summary>What a client's connection is doing.</summary>
public enum ConnectionStatus
{
    /// <summary>Not started.</summary>
    Idle = 0,

    /// <summary>An attempt is being made.</summary>
    Connecting = 1,

    /// <summary>Connected, and all that was missed has been asked for.</summary>
    Online = 2,

    /// <summary>Waits for the next attempt, or for the app to come to the foreground.</summary>
    Offline = 3,

    /// <summary>Ended for good: connecting again needs a decision of the app.</summary>
    Stopped = 4,
}

/// <summary>The way to the server.</summary>
public enum ConnectionTransport
{
    /// <summary>A WebSocket.</summary>
    Socket = 0,

    /// <summary>REST with long-poll, where a WebSocket is impossible.</summary>
    Poll = 1,
}

/// <summary>The state of the connection.</summary>
/// <param name="Status">What it is doing.</param>
/// <param name="Transport">The way to the server.</param>
/// <param name="Reason">Why it is offline or stopped: an error code, a disconnect reason, <c>network</c> or <c>background</c>.</param>
/// <param name="RetryAt">When the next attempt is made, while offline.</param>
public sealed record ConnectionState(
    ConnectionStatus Status,
    ConnectionTransport Transport = ConnectionTransport.Socket,
    string? Reason = null,
    DateTimeOffset? RetryAt = null
);
