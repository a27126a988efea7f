using System.Buffers.Binary;

namespace Chat.Faults.Tests.Traces;

/// <summary>As much of the wire format of protocol buffers as a receiver of spans needs: the fields that hold bytes.</summary>
internal static class Protobuf
{
    /// <summary>The values of one field: bytes, texts and messages.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Fields(ReadOnlyMemory<byte> message, int number)
    {
        while (!message.IsEmpty)
        {
            var key = Varint(ref message);
            var length = (key & 7) switch
            {
                0 => Varint(ref message) * 0,
                1 => 8UL,
                2 => Varint(ref message),
                5 => 4UL,
                var type => throw new InvalidDataException($"Wire type {type}."),
            };
            if (key >> 3 == (ulong)number && (key & 7) == 2)
                yield return message[..(int)length];
            message = message[(int)length..];
        }
    }

    public static ReadOnlyMemory<byte> Field(ReadOnlyMemory<byte> message, int number) => Fields(message, number).FirstOrDefault();

    /// <summary>The message in a gRPC frame: a byte that says it is not compressed, its length, itself.</summary>
    public static ReadOnlyMemory<byte> OfGrpc(ReadOnlyMemory<byte> frame) =>
        frame.Span[0] == 0
            ? frame.Slice(5, BinaryPrimitives.ReadInt32BigEndian(frame.Span[1..]))
            : throw new InvalidDataException("The frame is compressed.");

    private static ulong Varint(ref ReadOnlyMemory<byte> rest)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = rest.Span[0];
            rest = rest[1..];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }
    }
}
