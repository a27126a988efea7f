namespace Chat.Server.Delivery;

/// <summary>
/// Who gets what a topic passes on: a socket, or a request that waits for the next event. Called under the topic's lock, so nothing here may block.
/// </summary>
internal interface IFollower
{
    /// <summary>An event, in order.</summary>
    void Deliver(EncodedEvent e);

    /// <summary>Something that is not of the log.</summary>
    void Send(PushPair push);

    /// <summary>A new generation of the log.</summary>
    /// <param name="resync">The push that says so.</param>
    void Reset(Frame resync);
}
