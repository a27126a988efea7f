namespace Chat.Server.Bus;

/// <summary>Gets what a link notices, on the library's threads; must not block. Frames of one shard come one after the other.</summary>
internal interface IRedisLinkListener
{
    void ConnectionLost();

    void ConnectionRestored();

    void HeartbeatReceived(ReadOnlyMemory<byte> frame);

    /// <param name="shard">Where it came.</param>
    /// <param name="frame">What came.</param>
    /// <param name="behind">More wait behind it than the node may fall behind.</param>
    void FrameReceived(int shard, ReadOnlyMemory<byte> frame, bool behind);
}
