using System.Buffers.Binary;

namespace Chat.Server.Bus;

/// <summary>
/// What goes over a channel: a version byte, the sender's node id, then the caller's envelope (version 1) or the bus's own signal (version 0), which is
/// how a node hears itself: on the heartbeat channel a heartbeat, on a shard's channel the proof that the shard gets through.
/// </summary>
internal static class BusFrame
{
    public const byte SignalVersion = 0;

    public const byte EnvelopeVersion = 1;

    private const int HeaderLength = 1 + 16;

    private const int SignalLength = HeaderLength + 8 + 8;

    public static byte[] OfEnvelope(NodeId node, ReadOnlySpan<byte> envelope)
    {
        var frame = GC.AllocateUninitializedArray<byte>(HeaderLength + envelope.Length);
        WriteHeader(frame, EnvelopeVersion, node);
        envelope.CopyTo(frame.AsSpan(HeaderLength));
        return frame;
    }

    /// <param name="node">The sender.</param>
    /// <param name="generation">What is proven by hearing it; see <see cref="BusHealth"/>.</param>
    /// <param name="sentAt">A timestamp that only the sender understands.</param>
    public static byte[] OfSignal(NodeId node, long generation, long sentAt)
    {
        var frame = new byte[SignalLength];
        WriteHeader(frame, SignalVersion, node);
        BinaryPrimitives.WriteInt64LittleEndian(frame.AsSpan(HeaderLength), generation);
        BinaryPrimitives.WriteInt64LittleEndian(frame.AsSpan(HeaderLength + 8), sentAt);
        return frame;
    }

    public static bool TryReadHeader(ReadOnlySpan<byte> frame, out byte version, out Guid node)
    {
        version = default;
        node = default;
        if (frame.Length < HeaderLength)
            return false;
        version = frame[0];
        node = new Guid(frame[1..HeaderLength], bigEndian: true);
        return true;
    }

    public static ReadOnlyMemory<byte> Envelope(ReadOnlyMemory<byte> frame) => frame[HeaderLength..];

    public static bool TryReadSignal(ReadOnlySpan<byte> frame, out long generation, out long sentAt)
    {
        generation = 0;
        sentAt = 0;
        if (frame.Length != SignalLength)
            return false;
        generation = BinaryPrimitives.ReadInt64LittleEndian(frame[HeaderLength..]);
        sentAt = BinaryPrimitives.ReadInt64LittleEndian(frame[(HeaderLength + 8)..]);
        return true;
    }

    private static void WriteHeader(Span<byte> frame, byte version, NodeId node)
    {
        frame[0] = version;
        node.Value.TryWriteBytes(frame[1..], bigEndian: true, out _);
    }
}
