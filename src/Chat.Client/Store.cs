using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Chat.Client;

/// <summary>A value that changes. Values are immutable: another value is another object.</summary>
/// <typeparam name="T">The value.</typeparam>
public sealed class Store<T>
{
    private readonly Lock _gate = new();

    // Guarded by the gate, as is _isNotifying.
    private T _value;
    private bool _isStale;
    private bool _isNotifying;

    internal Store(T value) => _value = value;

    /// <summary>
    /// Raised after a change, on a thread of the pool, one call at a time; what changed meanwhile is told once. It may throw: nothing else breaks.
    /// </summary>
    public event Action<T>? Changed;

    /// <summary>What it is now.</summary>
    public T Value
    {
        get
        {
            lock (_gate)
                return _value;
        }
    }

    /// <summary>The value as it is, and each newest one after a change. Those that were replaced before they were taken are left out.</summary>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    public async IAsyncEnumerable<T> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var newest = Channel.CreateBounded<T>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
        void Take(T value) => newest.Writer.TryWrite(value);
        Changed += Take;
        try
        {
            Take(Value);
            await foreach (var value in newest.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
                yield return value;
        }
        finally
        {
            Changed -= Take;
        }
    }

    internal void Set(T value)
    {
        lock (_gate)
        {
            if (ReferenceEquals(value, _value))
                return;
            _value = value;
            _isStale = true;
            if (_isNotifying)
                return;
            _isNotifying = true;
        }
        ThreadPool.UnsafeQueueUserWorkItem(static store => store.Notify(), this, preferLocal: false);
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
