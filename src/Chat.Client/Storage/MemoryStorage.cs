namespace Chat.Client;

/// <summary>Keeps everything as long as the object lives, and nothing longer. For bots and tests.</summary>
public sealed class MemoryStorage : IChatStorage
{
    private readonly Dictionary<string, byte[]> _values = [];

    /// <inheritdoc />
    public Task<IReadOnlyDictionary<string, byte[]>> LoadAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<string, byte[]>>(new Dictionary<string, byte[]>(_values));

    /// <inheritdoc />
    public Task WriteAsync(IReadOnlyList<StorageChange> changes, bool durable, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(changes);
        StorageChanges.Apply(changes, _values);
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task WipeAsync(CancellationToken cancellationToken)
    {
        _values.Clear();
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
