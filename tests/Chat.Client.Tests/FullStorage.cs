namespace Chat.Client.Tests;

/// <summary>A storage that takes nothing for a while.</summary>
internal sealed class FullStorage : IChatStorage
{
    private readonly MemoryStorage _memory = new();

    public bool IsFull { get; set; }

    public Task<IReadOnlyDictionary<string, byte[]>> LoadAsync(CancellationToken cancellationToken) => _memory.LoadAsync(cancellationToken);

    public Task WriteAsync(IReadOnlyList<StorageChange> changes, bool durable, CancellationToken cancellationToken) =>
        IsFull ? throw new IOException("No space left on device.") : _memory.WriteAsync(changes, durable, cancellationToken);

    public Task WipeAsync(CancellationToken cancellationToken) => _memory.WipeAsync(cancellationToken);

    public ValueTask DisposeAsync() => _memory.DisposeAsync();
}
