using System.Security.Cryptography;

namespace Chat.Contracts;

/// <summary>
/// The id by which a visitor knows an operator in one conversation. It tells two operators of one name apart there, and says nothing of who answers elsewhere.
/// </summary>
/// <remarks>
/// A hash of both ids, so that every node gives the same one, for good and without asking anybody. The operator's id is the secret in it: it has 74 random bits
/// and never leaves the staff.
/// </remarks>
public static class OperatorAlias
{
    private const int IdLength = 16;

    /// <summary>A UUID of version 8.</summary>
    /// <param name="conversation">Where it holds.</param>
    /// <param name="operator">Whom it stands for.</param>
    public static Guid Of(ConversationId conversation, OperatorId @operator)
    {
        var purpose = "chat/operator-alias"u8;
        Span<byte> input = stackalloc byte[purpose.Length + 2 * IdLength];
        purpose.CopyTo(input);
        conversation.Value.TryWriteBytes(input[purpose.Length..], bigEndian: true, out _);
        @operator.Value.TryWriteBytes(input[(purpose.Length + IdLength)..], bigEndian: true, out _);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(input, hash);
        hash[6] = (byte)((hash[6] & 0x0f) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3f) | 0x80);
        return new Guid(hash[..IdLength], bigEndian: true);
    }
}
