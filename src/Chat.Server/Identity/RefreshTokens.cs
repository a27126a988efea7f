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
/// <param name="IdentityKey">Of an identified visitor: the host site's key that vouched for him; his session ends with it. Empty for others.</param>
internal sealed record RefreshToken(
    RefreshKind Kind,
    Guid Holder,
    Guid Scope,
    Guid Device,
    Guid Family,
    int Generation,
    DateTimeOffset ExpiresAt,
    Guid IdentityKey = default
);

/// <summary>
/// Refresh tokens carry their own content under an HMAC, so that a visit writes nothing to the database. Which generation of a family is the last one
/// used is the only state (<see cref="RefreshFamilies"/>). See src/decisions/refresh-tokens.md.
/// </summary>
internal sealed class RefreshTokens(MasterKey masterKey)
{
    private const byte Version = 1;
    private const int BodySize = 1 + 1 + (4 * 16) + 4 + 8;

    // With an identity key behind the rest.
    private const byte KeyVersion = 2;
    private const int KeyBodySize = BodySize + 16;
    private const int MaxSize = KeyBodySize + HMACSHA256.HashSizeInBytes;

    private readonly byte[] _key = masterKey.Derive("refresh-token");

    public string Write(RefreshToken token)
    {
        var hasKey = token.IdentityKey != Guid.Empty;
        var size = hasKey ? KeyBodySize : BodySize;
        Span<byte> bytes = stackalloc byte[size + HMACSHA256.HashSizeInBytes];
        bytes[0] = hasKey ? KeyVersion : Version;
        bytes[1] = (byte)token.Kind;
        token.Holder.TryWriteBytes(bytes[2..]);
        token.Scope.TryWriteBytes(bytes[18..]);
        token.Device.TryWriteBytes(bytes[34..]);
        token.Family.TryWriteBytes(bytes[50..]);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[66..], token.Generation);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[70..], token.ExpiresAt.ToUnixTimeSeconds());
        if (hasKey)
            token.IdentityKey.TryWriteBytes(bytes[BodySize..]);
        HMACSHA256.HashData(_key, bytes[..size], bytes[size..]);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Null for anything that we did not write. Expiry is the caller's question.</summary>
    public RefreshToken? Read(string? text)
    {
        Span<byte> bytes = stackalloc byte[MaxSize];
        if (text is null || text.Length > Base64Url.GetEncodedLength(MaxSize) || !TryDecode(text, bytes, out var length))
            return null;
        var size = length - HMACSHA256.HashSizeInBytes;
        if ((size, bytes[0]) is not ((BodySize, Version) or (KeyBodySize, KeyVersion)))
            return null;
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, bytes[..size], mac);
        if (!CryptographicOperations.FixedTimeEquals(mac, bytes[size..length]))
            return null;
        return new RefreshToken(
            (RefreshKind)bytes[1],
            new Guid(bytes.Slice(2, 16)),
            new Guid(bytes.Slice(18, 16)),
            new Guid(bytes.Slice(34, 16)),
            new Guid(bytes.Slice(50, 16)),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[66..]),
            DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadInt64LittleEndian(bytes[70..])),
            size == KeyBodySize ? new Guid(bytes.Slice(BodySize, 16)) : Guid.Empty
        );
    }

    private static bool TryDecode(string text, Span<byte> bytes, out int length)
    {
        length = 0;
        try
        {
            return Base64Url.TryDecodeFromChars(text, bytes, out length);
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
