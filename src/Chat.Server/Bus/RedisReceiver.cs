namespace Chat.Server.Bus;

/// <summary>
/// Sorts what comes over the channels: the node's own signals to its health, the envelopes of others to whoever attached. Runs on the connections'
/// threads, one shard's frames one after the other, several shards at once.
/// </summary>
internal sealed partial class RedisReceiver(NodeId node, BusHealth health, Action wake, TimeProvider time, ILogger logger)
    : IRedisLinkListener
{
    /// <summary>Set once, before the first link.</summary>
    public Action<ReadOnlyMemory<byte>> Receive { get; set; } = static _ => { };

    public void ConnectionLost()
    {
        health.Doubt();
        wake();
    }

    public void ConnectionRestored() => wake();

    public void HeartbeatReceived(ReadOnlyMemory<byte> frame)
    {
        if (!BusFrame.TryReadHeader(frame.Span, out var version, out var sender) || sender != node.Value)
            return;
        if (version != BusFrame.SignalVersion || !BusFrame.TryReadSignal(frame.Span, out var generation, out var sentAt))
            return;
        BusMetrics.HeartbeatRoundTrip.Record(time.GetElapsedTime(sentAt).TotalSeconds);
        if (health.HeardHeartbeat(generation))
            wake();
    }

    public void FrameReceived(int shard, ReadOnlyMemory<byte> frame, bool behind)
    {
        if (!BusFrame.TryReadHeader(frame.Span, out var version, out var sender))
            BusMetrics.DroppedUnknown();
        else if (version == BusFrame.SignalVersion)
            SignalReceived(shard, frame.Span, sender);
        else if (sender == node.Value)
            return;
        else if (version != BusFrame.EnvelopeVersion)
            BusMetrics.DroppedUnknown();
        else if (behind)
            FellBehind(shard);
        else
            HandOn(frame);
    }

    private void SignalReceived(int shard, ReadOnlySpan<byte> frame, Guid sender)
    {
        if (sender == node.Value && BusFrame.TryReadSignal(frame, out var generation, out _) && health.HeardProbe(shard, generation))
            wake();
    }

    /// <summary>Skips what waits: the bus is down until the next probe of this shard, which queues at the end, came through; then nodes repair.</summary>
    private void FellBehind(int shard)
    {
        BusMetrics.DroppedBehind();
        if (health.Doubt(shard))
            wake();
    }

    private void HandOn(ReadOnlyMemory<byte> frame)
    {
        BusMetrics.Received.Add(1);
        try
        {
            Receive(BusFrame.Envelope(frame));
        }
        catch (Exception e)
        {
            LogReceiveFailed(e);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "An envelope of another node could not be handled.")]
    private partial void LogReceiveFailed(Exception e);
}
