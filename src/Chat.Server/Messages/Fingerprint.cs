using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Chat.Contracts;

namespace Chat.Server.Messages;

/// <summary>
/// 64 bits that tell a repeated change from another one under the same clientId: over the conversation, the clientId, the side (an operator's own
/// id, since only he may repeat it), the kind and the masked content. Kept instead of the content, so that an edited or erased message can still
/// recognise its repeats without keeping the text.
/// </summary>
internal static class Fingerprint
{
    private const int HeadLength = 56;

    /// <summary>Usual texts need no buffer from the pool.</summary>
    private const int OnStack = 1024;

    /// <summary>Of a message or note: kind and masked body, whichever way it goes into the log.</summary>
    public static long OfText(ConversationId conversation, Guid clientId, Actor author, EventType type, string body) =>
        Of(conversation, clientId, author, type, body);

    public static long Of(ConversationId conversation, Guid clientId, Actor author, EventType type, string content, int? number = null)
    {
        var text = MemoryMarshal.AsBytes(content.AsSpan());
        var length = HeadLength + text.Length;
        // One call of the library and no object of its: hashing in steps makes and frees one for each message.
        var rented = length > OnStack ? ArrayPool<byte>.Shared.Rent(length) : null;
        var all = rented is null ? stackalloc byte[OnStack] : rented;
        conversation.Value.TryWriteBytes(all);
        clientId.TryWriteBytes(all[16..]);
        (author.Kind == ActorKind.Operator ? author.Id.GetValueOrDefault() : Guid.Empty).TryWriteBytes(all[32..]);
        BinaryPrimitives.WriteInt16LittleEndian(all[48..], (short)author.Kind);
        BinaryPrimitives.WriteInt16LittleEndian(all[50..], (short)type);
        BinaryPrimitives.WriteInt32LittleEndian(all[52..], number ?? 0);
        text.CopyTo(all[HeadLength..]);

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(all[..length], hash);
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        return BinaryPrimitives.ReadInt64LittleEndian(hash);
    }
}
