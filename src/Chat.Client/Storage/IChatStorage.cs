namespace Chat.Client;

/// <summary>One value of a storage.</summary>
/// <param name="Key">Its name: ASCII, at most 200 characters.</param>
/// <param name="Value">What it is now; null: it is gone.</param>
public readonly record struct StorageChange(string Key, byte[]? Value);

/// <summary>
/// Where a client keeps its session, outbox and history: named values, changed in groups. Implementations need no thread safety: a client makes one call at a
/// time. A storage belongs to one client.
/// </summary>
public interface IChatStorage : IAsyncDisposable
{
    /// <summary>Everything that was written. Called once, before all else.</summary>
    /// <param name="cancellationToken">Cancels.</param>
    Task<IReadOnlyDictionary<string, byte[]>> LoadAsync(CancellationToken cancellationToken);

    /// <summary>Makes all of the changes or none, whenever the process or the machine ends.</summary>
    /// <param name="changes">In order: a later one of the same key counts.</param>
    /// <param name="durable">True: they must survive a loss of power once this has returned. False: only the end of the process.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task WriteAsync(IReadOnlyList<StorageChange> changes, bool durable, CancellationToken cancellationToken);

    /// <summary>Leaves nothing that could be read. The storage is empty afterwards and can be written again.</summary>
    /// <param name="cancellationToken">Cancels.</param>
    Task WipeAsync(CancellationToken cancellationToken);
}
