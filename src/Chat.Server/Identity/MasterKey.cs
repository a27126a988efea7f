using System.Security.Cryptography;
using System.Text;

namespace Chat.Server.Identity;

/// <summary>The key above all others. Never in the database, so that a copy of the database alone opens nothing.</summary>
internal sealed class MasterKey
{
    public const int Size = 32;
    public const string FileName = "master.key";

    private readonly byte[] _key;

    public MasterKey(ReadOnlySpan<byte> key)
    {
        if (key.Length != Size)
            throw new ArgumentException($"The master key has {Size} bytes.", nameof(key));
        _key = key.ToArray();
    }

    public ReadOnlySpan<byte> Bytes => _key;

    public static bool TryParse(string text, out byte[] key)
    {
        key = new byte[Size];
        return Convert.TryFromBase64String(text.Trim(), key, out var length) && length == Size;
    }

    /// <summary>A key for one use, so that no two uses can be played against each other.</summary>
    public byte[] Derive(string purpose) => HKDF.DeriveKey(HashAlgorithmName.SHA256, _key, Size, info: Encoding.UTF8.GetBytes(purpose));

    /// <summary>The key of the folder's file, made when there is none. Only its owner may read the file.</summary>
    /// <param name="folder">The data folder.</param>
    /// <param name="mayMake">False where secrets lie under a key already: a new one would open none of them.</param>
    public static MasterKey FromFolder(string folder, bool mayMake = true)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path) && !mayMake)
            throw new UnfitKeyException(
                $"'{path}' is missing, and the database beside it has secrets under that key. Put the file back, or set Identity:MasterKey to what was in it."
            );
        if (!File.Exists(path))
            Create(path);
        return TryParse(File.ReadAllText(path), out var key)
            ? new MasterKey(key)
            : throw new UnfitKeyException($"'{path}' does not hold 32 bytes in base64. Without the right key no secret can be read.");
    }

    // Written aside and moved without overwriting: a crash leaves no half of a key, and of two processes that start at once one key wins.
    private static void Create(string path)
    {
        var draft = $"{path}.{Guid.NewGuid():n}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(draft, options))
        {
            file.Write(Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(Size))));
            file.Flush(flushToDisk: true);
        }
        try
        {
            File.Move(draft, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(draft);
        }
    }
}

/// <summary>The master key is missing, malformed or not the database's; the message says what to do.</summary>
internal sealed class UnfitKeyException(string message, Exception? inner = null) : Exception(message, inner);
