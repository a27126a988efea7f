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
        if (_journal is null)
            await WriteAnewAsync(values, cancellationToken).ConfigureAwait(false);
        else
            _writeAnewAt = (2 * _journal.Length) + Slack;
        return values;
    }

    /// <inheritdoc />
    public async Task WriteAsync(IReadOnlyList<StorageChange> changes, bool durable, CancellationToken cancellationToken)
    {
        var journal = _journal ?? throw new InvalidOperationException("The storage is not loaded.");
        if (journal.IsTorn || journal.Length > _writeAnewAt)
            journal = await ReplaceAsync(journal, cancellationToken).ConfigureAwait(false);
        await journal.AppendAsync(changes, durable, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public async Task WipeAsync(CancellationToken cancellationToken)
    {
        if (_journal is { } journal)
            await journal.DestroyAsync().ConfigureAwait(false);
        File.Delete(Current);
        File.Delete(Next);
        if (_lock is not null)
            await WriteAnewAsync([], cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_journal is { } journal)
            await journal.DisposeAsync().ConfigureAwait(false);
        if (_lock is { } held)
            await held.DisposeAsync().ConfigureAwait(false);
        (_journal, _lock) = (null, null);
    }

    private async Task<Journal> ReplaceAsync(Journal journal, CancellationToken cancellationToken)
    {
        var values = new Dictionary<string, byte[]>();
        await journal.DisposeAsync().ConfigureAwait(false);
        var old = await Journal.OpenAsync(Current, _key, values, cancellationToken).ConfigureAwait(false);
        if (old is not null)
            await old.DisposeAsync().ConfigureAwait(false);
        return await WriteAnewAsync(values, cancellationToken).ConfigureAwait(false);
    }

    // The new file is whole and on the disk before it takes the old one's name.
    private async Task<Journal> WriteAnewAsync(Dictionary<string, byte[]> values, CancellationToken cancellationToken)
    {
        var journal = await Journal.CreateAsync(Next, _key, cancellationToken).ConfigureAwait(false);
        foreach (var group in values.Select(pair => new StorageChange(pair.Key, pair.Value)).Chunk(256))
            await journal.AppendAsync(group, durable: false, cancellationToken).ConfigureAwait(false);
        journal.FlushToDisk();
        File.Move(Next, Current, overwrite: true);
        (_journal, _writeAnewAt) = (journal, (2 * journal.Length) + Slack);
        return journal;
    }
}
