using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Chat.Client;

/// <summary>
/// Encrypts the records of one journal file: AES-256-GCM under a key of this file alone, the record's number as nonce. So a record can be neither changed, nor
/// moved, nor taken from another file, and no nonce is used twice as long as no number is.
/// </summary>
internal sealed class JournalCipher : IDisposable
{
    public const int KeyLength = 32;
    public const int TagLength = 16;

    /// <summary>What tells a file of ours, the random number that its key comes from, and a value that shows a wrong key.</summary>
    public const int HeaderLength = 8 + 32 + 16;

    private static readonly byte[] Magic = "ChatJnl1"u8.ToArray();

    private readonly AesGcm _aes;

    private JournalCipher(byte[] appKey, ReadOnlySpan<byte> salt)
    {
        Span<byte> keys = stackalloc byte[KeyLength + 16];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, appKey, keys, salt, Magic);
        _aes = new AesGcm(keys[..KeyLength], TagLength);
        Header = [.. Magic, .. salt, .. keys[KeyLength..]];
        CryptographicOperations.ZeroMemory(keys);
    }

    public byte[] Header { get; }

    /// <summary>For a new file.</summary>
    public static JournalCipher Create(byte[] appKey) => new(appKey, RandomNumberGenerator.GetBytes(32));

    /// <summary>For the file with this header; null when it is none of ours. A wrong key throws.</summary>
    public static JournalCipher? Open(byte[] appKey, ReadOnlySpan<byte> header)
    {
        if (header.Length < HeaderLength || !header[..8].SequenceEqual(Magic))
            return null;
        var cipher = new JournalCipher(appKey, header.Slice(8, 32));
        if (CryptographicOperations.FixedTimeEquals(cipher.Header, header[..HeaderLength]))
            return cipher;
        cipher.Dispose();
        throw new CryptographicException("The storage was written under another key. Open it with that key, or delete its folder.");
    }

    /// <summary>Length (4), what is in it, tag.</summary>
    public byte[] Seal(long number, ReadOnlySpan<byte> content)
    {
        var record = new byte[4 + content.Length + TagLength];
        BinaryPrimitives.WriteInt32LittleEndian(record, content.Length);
        _aes.Encrypt(Nonce(number), content, record.AsSpan(4, content.Length), record.AsSpan(4 + content.Length), record.AsSpan(0, 4));
        return record;
    }

    /// <summary>The content of the record at the start of these bytes; null when it is torn: written in part, or not by us.</summary>
    public byte[]? Unseal(long number, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 4 + TagLength)
            return null;
        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        if (length < 0 || length > bytes.Length - 4 - TagLength)
            return null;
        var content = new byte[length];
        try
        {
            _aes.Decrypt(Nonce(number), bytes.Slice(4, length), bytes.Slice(4 + length, TagLength), content, bytes[..4]);
            return content;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    public void Dispose() => _aes.Dispose();

    private static byte[] Nonce(long number)
    {
        var nonce = new byte[12];
        BinaryPrimitives.WriteInt64LittleEndian(nonce, number);
        return nonce;
    }
}
