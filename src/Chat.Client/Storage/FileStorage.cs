namespace Chat.Client;

/// <summary>
/// Keeps everything in one encrypted file of a folder, to which groups of changes are only ever added: whatever byte a process died at, all groups before are
/// there and the torn one is not. The file is written anew when most of it is out of date. One process has the folder at a time.
/// </summary>
public sealed class FileStorage : IChatStorage
{
    private const string Name = "journal";

    // Below this a file is not worth writing anew; above it grows to twice what it was.
    private const long Slack = 256 * 1024;

    private readonly string _folder;
    private readonly byte[] _key;
    private FileStream? _lock;

    // Open and good, or absent: then the next write makes a new one of what is on the disk.
    private Journal? _journal;
    private long _writeAnewAt;

    /// <summary>Names a folder; nothing is touched yet.</summary>
    /// <param name="folder">Of this storage alone; made when it is missing.</param>
    /// <param name="key">32 bytes that the app keeps in the platform's keychain. Without them nothing in the folder can be read.</param>
    public FileStorage(string folder, byte[] key)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(key);
        if (key.Length != JournalCipher.KeyLength)
            throw new ArgumentException($"A key has {JournalCipher.KeyLength} bytes.", nameof(key));
        (_folder, _key) = (folder, [.. key]);
    }

    private string Current => Path.Combine(_folder, Name);

    private string Next => Path.Combine(_folder, Name + ".new");

    /// <inheritdoc />
    /// <exception cref="IOException">Another process has the folder.</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The folder was written under another key.</exception>
    public async Task<IReadOnlyDictionary<string, byte[]>> LoadAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_folder);
        _lock ??= new FileStream(Path.Combine(_folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        File.Delete(Next);
        var values = new Dictionary<string, byte[]>();
        _journal = await Journal.OpenAsync(Current, _key, values, cancellationToken).ConfigureAwait(false);
        // A torn end is never written over: its number has been used.
        if (_journal is not null)
            _writeAnewAt = (2 * _journal.Length) + Slack;
        else
            await TryWriteAnewAsync(values, cancellationToken).ConfigureAwait(false);
        return values;
    }

    /// <inheritdoc />
    public async Task WriteAsync(IReadOnlyList<StorageChange> changes, bool durable, CancellationToken cancellationToken)
    {
        if (_lock is null)
            throw new InvalidOperationException("The storage is not loaded.");
        if (_journal is not { IsTorn: false } journal || journal.Length > _writeAnewAt)
            journal = await ReplaceAsync(cancellationToken).ConfigureAwait(false);
        await journal.AppendAsync(changes, durable, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public async Task WipeAsync(CancellationToken cancellationToken)
    {
        await CloseAsync().ConfigureAwait(false);
        Destroy(Current);
        Destroy(Next);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await CloseAsync().ConfigureAwait(false);
        if (_lock is { } held)
            await held.DisposeAsync().ConfigureAwait(false);
        _lock = null;
    }

    private async Task CloseAsync()
    {
        if (_journal is { } journal)
            await journal.DisposeAsync().ConfigureAwait(false);
        _journal = null;
    }

    private async Task<Journal> ReplaceAsync(CancellationToken cancellationToken)
    {
        await CloseAsync().ConfigureAwait(false);
        var values = new Dictionary<string, byte[]>();
        var old = await Journal.OpenAsync(Current, _key, values, cancellationToken).ConfigureAwait(false);
        if (old is not null)
            await old.DisposeAsync().ConfigureAwait(false);
        return await WriteAnewAsync(values, cancellationToken).ConfigureAwait(false);
    }

    // On a full disk what is there is shown all the same, and the next write tries once more.
    private async Task TryWriteAnewAsync(Dictionary<string, byte[]> values, CancellationToken cancellationToken)
    {
        try
        {
            await WriteAnewAsync(values, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException) { }
    }

    // The new file is whole and on the disk before it takes the old one's name.
    private async Task<Journal> WriteAnewAsync(Dictionary<string, byte[]> values, CancellationToken cancellationToken)
    {
        var journal = Journal.Create(Next, _key);
        try
        {
            await journal.FillAsync(values, cancellationToken).ConfigureAwait(false);
            File.Move(Next, Current, overwrite: true);
        }
        catch
        {
            // Left open it would be in the way of the next attempt.
            await journal.DisposeAsync().ConfigureAwait(false);
            throw;
        }
        (_journal, _writeAnewAt) = (journal, (2 * journal.Length) + Slack);
        return journal;
    }

    // Emptied first, for what a deleted file leaves on the disk: without its first bytes the key of the rest cannot be made again.
    private static void Destroy(string path)
    {
        if (!File.Exists(path))
            return;
        using (var file = new FileStream(path, FileMode.Truncate, FileAccess.Write))
            file.Flush(flushToDisk: true);
        File.Delete(path);
    }
}
