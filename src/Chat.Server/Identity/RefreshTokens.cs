using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace Chat.Server.Identity;

/// <summary>Whose session a refresh token continues.</summary>
internal enum RefreshKind : byte
{
    Visitor = 1,
    Operator = 2,
}

/// <summary>What a refresh token says.</summary>
/// <param name="Kind">Visitor or operator.</param>
/// <param name="Holder">Visitor's or operator's id.</param>
/// <param name="Scope">A visitor's inbox; an operator's security stamp at the sign-in, which ends the session when it changes.</param>
/// <param name="Device">A visitor's device; empty for operators.</param>
/// <param name="Family">One sign-in with everything that was rotated out of it.</param>
/// <param name="Generation">1, 2, 3 … within the family.</param>
/// <param name="ExpiresAt">Whole seconds.</param>
internal sealed record RefreshToken(
    RefreshKind Kind,
    Guid Holder,
    Guid Scope,
    Guid Device,
    Guid Family,
    int Generation,
    DateTimeOffset ExpiresAt
);

/// <summary>
/// Refresh tokens carry their own content under an HMAC, so that a visit writes nothing to the database. Which generation of a family is the last one
/// used is the only state (<see cref="RefreshFamilies"/>). See src/decisions/refresh-tokens.md.
/// </summary>
internal sealed class RefreshTokens(MasterKey masterKey)
{
    private const byte Version = 1;
    private const int BodySize = 1 + 1 + (4 * 16) + 4 + 8;
    private const int Size = BodySize + HMACSHA256.HashSizeInBytes;

    private readonly byte[] _key = masterKey.Derive("refresh-token");

    public string Write(RefreshToken token)
    {
        Span<byte> bytes = stackalloc byte[Size];
        bytes[0] = Version;
        bytes[1] = (byte)token.Kind;
        token.Holder.TryWriteBytes(bytes[2..]);
        token.Scope.TryWriteBytes(bytes[18..]);
        token.Device.TryWriteBytes(bytes[34..]);
        token.Family.TryWriteBytes(bytes[50..]);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[66..], token.Generation);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[70..], token.ExpiresAt.ToUnixTimeSeconds());
        HMACSHA256.HashData(_key, bytes[..BodySize], bytes[BodySize..]);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Null for anything that we did not write. Expiry is the caller's question.</summary>
    public RefreshToken? Read(string? text)
    {
        Span<byte> bytes = stackalloc byte[Size];
        if (text is null || text.Length != Base64Url.GetEncodedLength(Size) || !TryDecode(text, bytes) || bytes[0] != Version)
            return null;
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, bytes[..BodySize], mac);
        if (!CryptographicOperations.FixedTimeEquals(mac, bytes[BodySize..]))
            return null;
        return new RefreshToken(
            (RefreshKind)bytes[1],
            new Guid(bytes.Slice(2, 16)),
            new Guid(bytes.Slice(18, 16)),
            new Guid(bytes.Slice(34, 16)),
            new Guid(bytes.Slice(50, 16)),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[66..]),
            DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadInt64LittleEndian(bytes[70..]))
        );
    }

    private static bool TryDecode(string text, Span<byte> bytes)
    {
        try
        {
            return Base64Url.TryDecodeFromChars(text, bytes, out var length) && length == Size;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
