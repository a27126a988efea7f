using System.Security.Cryptography;
using System.Text;

namespace Chat.Server.Identity;

/// <summary>
/// Secrets at rest: AES-256-GCM under the master key. Version and purpose are authenticated, so that a box made for one column cannot be put into
/// another one. For secrets that are stored, not for tokens: with random nonces a GCM key should seal fewer than 2^32 times.
/// </summary>
internal sealed class SecretBox(MasterKey masterKey)
{
    private const byte Version = 1;
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const int Overhead = 1 + NonceSize + TagSize;

    // A cipher for each call: AesGcm keeps state in a native context, and two threads in one instance get each other's.
    private readonly byte[] _key = masterKey.Derive("secret-box");

    /// <summary>version | nonce | tag | ciphertext.</summary>
    public byte[] Seal(string purpose, ReadOnlySpan<byte> secret)
    {
        var box = new byte[Overhead + secret.Length];
        box[0] = Version;
        var nonce = box.AsSpan(1, NonceSize);
        RandomNumberGenerator.Fill(nonce);
        using var cipher = new AesGcm(_key, TagSize);
        cipher.Encrypt(nonce, secret, box.AsSpan(Overhead), box.AsSpan(1 + NonceSize, TagSize), Associated(purpose));
        return box;
    }

    /// <exception cref="CryptographicException">Another master key or purpose, or a changed box.</exception>
    public byte[] Open(string purpose, ReadOnlySpan<byte> box)
    {
        if (box.Length < Overhead || box[0] != Version)
            throw new CryptographicException("A stored secret has an unknown format.");
        var secret = new byte[box.Length - Overhead];
        using var cipher = new AesGcm(_key, TagSize);
        cipher.Decrypt(box.Slice(1, NonceSize), box[Overhead..], box.Slice(1 + NonceSize, TagSize), secret, Associated(purpose));
        return secret;
    }

    private static byte[] Associated(string purpose) => [Version, .. Encoding.UTF8.GetBytes(purpose)];
}
