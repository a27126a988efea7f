using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Chat.Client;

/// <summary>A value that changes. Values are immutable: another value is another object.</summary>
/// <typeparam name="T">The value.</typeparam>
public class Store<T>
{
    private readonly Lock _gate = new();

    // Guarded by the gate, as are all up to _hasEnded.
    private T _value;
    private bool _isStale;
    private bool _isNotifying;
    private bool _hasEnded;

    internal Store(T value) => _value = value;

    /// <summary>
    /// Raised after a change, on a thread of the pool, one call at a time; what changed meanwhile is told once. It may throw: nothing else breaks.
    /// </summary>
    public event Action<T>? Changed;

    private event Action? Ended;

    /// <summary>What it is now.</summary>
    public T Value
    {
        get
        {
            lock (_gate)
                return _value;
        }
    }

    /// <summary>
    /// The value as it is, and each newest one after a change. Those that were replaced before they were taken are left out. It ends when the client is disposed of.
    /// </summary>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    public async IAsyncEnumerable<T> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var newest = Channel.CreateBounded<T>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
        void Take(T value) => newest.Writer.TryWrite(value);
        void End() => newest.Writer.TryComplete();
        Changed += Take;
        Ended += End;
        try
        {
            Take(Value);
            if (HasEnded())
                End();
            await foreach (var value in newest.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
                yield return value;
        }
        finally
        {
            Changed -= Take;
            Ended -= End;
        }
    }

    internal void Set(T value)
    {
        lock (_gate)
        {
            if (IsSame(value, _value))
                return;
            _value = value;
            _isStale = true;
            if (_isNotifying)
                return;
            _isNotifying = true;
        }
        ThreadPool.UnsafeQueueUserWorkItem(static store => store.Notify(), this, preferLocal: false);
    }

    /// <summary>It changes no more: whoever watches has seen its last value.</summary>
    internal void End()
    {
        lock (_gate)
        {
            _hasEnded = true;
            if (_isNotifying)
                return;
        }
        Ended?.Invoke();
    }

    // Of an object it is enough that it is another one: comparing all that a snapshot holds would cost more than showing it.
    private static bool IsSame(T one, T other) =>
        typeof(T).IsValueType ? EqualityComparer<T>.Default.Equals(one, other) : ReferenceEquals(one, other);

    private bool HasEnded()
    {
        lock (_gate)
            return _hasEnded && !_isNotifying;
    }

    private void Notify()
    {
        while (TakeStale(out var value))
        {
            foreach (var listener in Changed?.GetInvocationList() ?? [])
            {
                try
                {
                    ((Action<T>)listener)(value);
                }
                catch (Exception)
                {
                    // A listener's fault is the app's; the others and the next values must still be told.
                }
            }
        }
        if (HasEnded())
            Ended?.Invoke();
    }

    private bool TakeStale(out T value)
    {
        lock (_gate)
        {
            value = _value;
            var isStale = _isStale;
            _isStale = false;
            _isNotifying = isStale;
            return isStale;
        }
    }
}

/// <summary>A store that tests set: what a fake client shows to a view model.</summary>
/// <typeparam name="T">The value.</typeparam>
/// <param name="value">What it is at first.</param>
public sealed class WritableStore<T>(T value) : Store<T>(value)
{
    /// <summary>Replaces the value, and tells whoever listens.</summary>
    /// <param name="value">What it is from now on.</param>
    public void Replace(T value) => Set(value);
}
