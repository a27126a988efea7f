using System.Runtime.CompilerServices;

namespace Chat.Client;

/// <summary>What differs between two snapshots of a list.</summary>
/// <typeparam name="TKey">The key of a line.</typeparam>
/// <typeparam name="TValue">A line.</typeparam>
/// <param name="Added">Lines that were not there.</param>
/// <param name="Changed">Lines that were there and are others now.</param>
/// <param name="Removed">Keys of lines that are gone.</param>
public sealed record ChangeSet<TKey, TValue>(
    IReadOnlyList<KeyValuePair<TKey, TValue>> Added,
    IReadOnlyList<KeyValuePair<TKey, TValue>> Changed,
    IReadOnlyList<TKey> Removed
);

/// <summary>Lists as change sets, for screens that keep a line of their own for each entry.</summary>
public static class ChangeSets
{
    /// <summary>Everything there is as added, then what each newer snapshot changes. Snapshots that were replaced before they were taken are left out.</summary>
    /// <typeparam name="TKey">The key of a line.</typeparam>
    /// <typeparam name="TValue">A line.</typeparam>
    /// <param name="store">Conversations or rows.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    public static async IAsyncEnumerable<ChangeSet<TKey, TValue>> ChangesAsync<TKey, TValue>(
        this Store<IReadOnlyDictionary<TKey, TValue>> store,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
        where TKey : notnull
        where TValue : class
    {
        ArgumentNullException.ThrowIfNull(store);
        IReadOnlyDictionary<TKey, TValue> before = new Dictionary<TKey, TValue>();
        var isFirst = true;
        await foreach (var now in store.WatchAsync(cancellationToken).ConfigureAwait(false))
        {
            var changes = Compare(before, now);
            before = now;
            if (!isFirst && changes is { Added: [], Changed: [], Removed: [] })
                continue;
            isFirst = false;
            yield return changes;
        }
    }

    // Values are immutable: another value is another object. Keys are compared as entries have them, whatever else a snapshot finds them by.
    private static ChangeSet<TKey, TValue> Compare<TKey, TValue>(
        IReadOnlyDictionary<TKey, TValue> before,
        IReadOnlyDictionary<TKey, TValue> now
    )
        where TKey : notnull
        where TValue : class
    {
        var gone = before.ToDictionary();
        var (added, changed) = (new List<KeyValuePair<TKey, TValue>>(), new List<KeyValuePair<TKey, TValue>>());
        foreach (var line in now)
        {
            if (!gone.Remove(line.Key, out var known))
                added.Add(line);
            else if (!ReferenceEquals(known, line.Value))
                changed.Add(line);
        }
        return new ChangeSet<TKey, TValue>(added, changed, [.. gone.Keys]);
    }
}
