using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Chat.Client;

/// <summary>A group of changes as bytes: for each the key's length (2), the key, the value's length (4; -1: gone) and the value.</summary>
internal static class StorageChanges
{
    public static void Apply(IEnumerable<StorageChange> changes, Dictionary<string, byte[]> values)
    {
        foreach (var (key, value) in changes)
        {
            if (value is null)
                values.Remove(key);
            else
                values[key] = value;
        }
    }

    public static byte[] Encode(IEnumerable<StorageChange> changes)
    {
        var buffer = new ArrayBufferWriter<byte>();
        foreach (var (key, value) in changes)
        {
            var head = buffer.GetSpan(2 + key.Length + 4);
            BinaryPrimitives.WriteUInt16LittleEndian(head, (ushort)key.Length);
            Encoding.ASCII.GetBytes(key, head[2..]);
            BinaryPrimitives.WriteInt32LittleEndian(head[(2 + key.Length)..], value?.Length ?? -1);
            buffer.Advance(2 + key.Length + 4);
            buffer.Write(value);
        }
        return buffer.WrittenSpan.ToArray();
    }

    public static IEnumerable<StorageChange> Decode(byte[] bytes)
    {
        for (var at = 0; at < bytes.Length; )
        {
            var keyLength = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at));
            var key = Encoding.ASCII.GetString(bytes, at + 2, keyLength);
            var length = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at + 2 + keyLength));
            at += 2 + keyLength + 4;
            yield return new StorageChange(key, length < 0 ? null : bytes[at..(at + length)]);
            at += Math.Max(0, length);
        }
    }
}
