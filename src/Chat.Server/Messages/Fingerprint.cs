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
    /// <summary>Of a message or note: kind and masked body, whichever way it goes into the log.</summary>
    public static long OfText(ConversationId conversation, Guid clientId, Actor author, EventType type, string body) =>
        Of(conversation, clientId, author, type, body);

    public static long Of(ConversationId conversation, Guid clientId, Actor author, EventType type, string content, int? number = null)
    {
        Span<byte> head = stackalloc byte[56];
        conversation.Value.TryWriteBytes(head);
        clientId.TryWriteBytes(head[16..]);
        (author.Kind == ActorKind.Operator ? author.Id.GetValueOrDefault() : Guid.Empty).TryWriteBytes(head[32..]);
        BinaryPrimitives.WriteInt16LittleEndian(head[48..], (short)author.Kind);
        BinaryPrimitives.WriteInt16LittleEndian(head[50..], (short)type);
        BinaryPrimitives.WriteInt32LittleEndian(head[52..], number ?? 0);

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha.AppendData(head);
        sha.AppendData(MemoryMarshal.AsBytes(content.AsSpan()));
        sha.GetHashAndReset(hash);
        return BinaryPrimitives.ReadInt64LittleEndian(hash);
    }
}
