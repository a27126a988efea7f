namespace Chat.Client;

/// <summary>Those who wait for what comes of a change, by its key. Guarded by the model's lock.</summary>
internal sealed class Waiters
{
    private readonly Dictionary<Guid, TaskCompletionSource<ChangeResult>> _waiters = [];

    public void Add(Guid key, TaskCompletionSource<ChangeResult> waiter) => _waiters.Add(key, waiter);

    /// <summary>What comes of it, for one more who waits.</summary>
    public Task<ChangeResult> Join(Guid key)
    {
        if (!_waiters.TryGetValue(key, out var waiter))
            Add(key, waiter = new TaskCompletionSource<ChangeResult>(TaskCreationOptions.RunContinuationsAsynchronously));
        return waiter.Task;
    }

    public void Answer(Guid key, ChangeResult result)
    {
        if (_waiters.Remove(key, out var waiter))
            waiter.TrySetResult(result);
    }

    public void Fail(Guid key, Exception reason)
    {
        if (_waiters.Remove(key, out var waiter))
            Fail(waiter, reason);
    }

    public void FailAll(Exception reason)
    {
        foreach (var waiter in _waiters.Values)
            Fail(waiter, reason);
        _waiters.Clear();
    }

    public void CancelAll()
    {
        foreach (var waiter in _waiters.Values)
            waiter.TrySetCanceled();
        _waiters.Clear();
    }

    private static void Fail(TaskCompletionSource<ChangeResult> waiter, Exception reason)
    {
        waiter.TrySetException(reason);
        // Whoever asked may have gone: then nobody looks.
        _ = waiter.Task.Exception;
    }
}
