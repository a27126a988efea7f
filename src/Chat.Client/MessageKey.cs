using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Chat.Contracts;

namespace Chat.Client;

/// <summary>
/// Keys for <c>SendAsync</c> and <c>NoteAsync</c> that are the same whenever and wherever they are made from the same: what is sent under one is in the conversation
/// once, over restarts, machines and retries. The author's id is in them, which visitors never see: none can write under such a key first.
/// </summary>
public static class MessageKey
{
    // One byte says what a key was made of, so that none of one kind is one of the other.
    private const byte OfClientId = 1;
    private const byte OfSeq = 2;
    private const byte OfConversation = 3;

    /// <summary>For what answers an event: one answer of an account to each event, for each purpose.</summary>
    /// <param name="author">Who answers: <see cref="OperatorClient.Me"/>.</param>
    /// <param name="answered">The event. Its author's own id counts, so that it is the same event after the log was restored from a backup.</param>
    /// <param name="purpose">Tells several answers to one event apart.</param>
    public static Guid For(Me author, ChatEvent answered, string purpose = "")
    {
        ArgumentNullException.ThrowIfNull(author);
        ArgumentNullException.ThrowIfNull(answered);
        Span<byte> place = stackalloc byte[17];
        if (answered.ClientId is { } clientId)
        {
            place[0] = OfClientId;
            clientId.TryWriteBytes(place[1..], bigEndian: true, out _);
        }
        else
        {
            place[0] = OfSeq;
            BinaryPrimitives.WriteInt32LittleEndian(place[1..], answered.Epoch);
            BinaryPrimitives.WriteInt32LittleEndian(place[5..], answered.Seq);
        }
        return Make(author, answered.ConversationId, place, purpose);
    }

    /// <summary>For what an account says once in a conversation, such as a greeting.</summary>
    /// <param name="author">As above.</param>
    /// <param name="conversation">Where.</param>
    /// <param name="purpose">What it is, such as <c>greeting</c>.</param>
    public static Guid Once(Me author, ConversationId conversation, string purpose)
    {
        ArgumentNullException.ThrowIfNull(author);
        return Make(author, conversation, [OfConversation], purpose);
    }

    // A UUID of version 8: made by a rule of our own, of a hash.
    private static Guid Make(Me author, ConversationId conversation, ReadOnlySpan<byte> place, string purpose)
    {
        ArgumentNullException.ThrowIfNull(purpose);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> id = stackalloc byte[16];
        author.Id.TryWriteBytes(id, bigEndian: true, out _);
        hash.AppendData(id);
        conversation.Value.TryWriteBytes(id, bigEndian: true, out _);
        hash.AppendData(id);
        hash.AppendData(place);
        hash.AppendData(Encoding.UTF8.GetBytes(purpose));
        var key = hash.GetHashAndReset().AsSpan(0, 16);
        key[6] = (byte)((key[6] & 0x0F) | 0x80);
        key[8] = (byte)((key[8] & 0x3F) | 0x80);
        return new Guid(key, bigEndian: true);
    }
}
