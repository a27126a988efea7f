namespace Chat.Client;

/// <summary>One file of encrypted records, each a group of changes. Records are only ever added.</summary>
internal sealed class Journal : IAsyncDisposable
{
    private readonly FileStream _file;
    private readonly JournalCipher _cipher;
    private long _number;

    private Journal(FileStream file, JournalCipher cipher) => (_file, _cipher) = (file, cipher);

    public long Length => _file.Length;

    /// <summary>An append has failed, and what it left behind is not known.</summary>
    public bool IsTorn { get; private set; }

    public static Journal Create(string path, byte[] key) => new(OpenFile(path, FileMode.Create), JournalCipher.Create(key));

    /// <summary>Null when there is no file or its end is torn; the values then have what can be read of it.</summary>
    public static async Task<Journal?> OpenAsync(
        string path,
        byte[] key,
        Dictionary<string, byte[]> values,
        CancellationToken cancellationToken
    )
    {
        if (!File.Exists(path))
            return null;
        var bytes = await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
        if (JournalCipher.Open(key, bytes) is not { } cipher)
            return null;
        var (at, number) = (JournalCipher.HeaderLength, 0L);
        while (cipher.Unseal(number, bytes.AsSpan(at)) is { } content)
        {
            StorageChanges.Apply(StorageChanges.Decode(content), values);
            at += 4 + content.Length + JournalCipher.TagLength;
            number++;
        }
        if (at == bytes.Length)
        {
            var file = OpenFile(path, FileMode.Open);
            file.Position = at;
            return new Journal(file, cipher) { _number = number };
        }
        cipher.Dispose();
        return null;
    }

    /// <summary>Begins a file that was just created, with these values, and returns when they are on the disk.</summary>
    public async Task FillAsync(Dictionary<string, byte[]> values, CancellationToken cancellationToken)
    {
        await _file.WriteAsync(_cipher.Header, cancellationToken).ConfigureAwait(false);
        foreach (var group in values.Select(pair => new StorageChange(pair.Key, pair.Value)).Chunk(256))
            await AppendAsync(group, durable: false, cancellationToken).ConfigureAwait(false);
        FlushToDisk();
    }

    public async Task AppendAsync(IEnumerable<StorageChange> changes, bool durable, CancellationToken cancellationToken)
    {
        // Half a record and a number that must not be used again are all that a failure leaves.
        IsTorn = true;
        var record = _cipher.Seal(_number++, StorageChanges.Encode(changes));
        await _file.WriteAsync(record, cancellationToken).ConfigureAwait(false);
        if (durable)
            FlushToDisk();
        IsTorn = false;
    }

    public async ValueTask DisposeAsync()
    {
        await _file.DisposeAsync().ConfigureAwait(false);
        _cipher.Dispose();
    }

    private void FlushToDisk() => _file.Flush(flushToDisk: true);

    // Without a buffer: a write that has returned is in the system's hands and survives the process.
    private static FileStream OpenFile(string path, FileMode mode) =>
        new(path, mode, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete, bufferSize: 0);
}
