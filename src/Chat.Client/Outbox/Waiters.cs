using Chat.Contracts;

namespace Chat.Client;

/// <summary>Those who wait for what comes of a change, by its place in the outbox, and what came of those that no log shows. Guarded by the model's lock.</summary>
internal sealed class Waiters
{
    // Whoever asks for a result asks soon after sending.
    private const int Kept = 1_000;

    private readonly Dictionary<long, TaskCompletionSource<ChangeResult>> _waiters = [];
    private readonly OrderedDictionary<(ConversationId, Guid), ChangeResult> _results = [];

    public void Add(OutboxItem item, TaskCompletionSource<ChangeResult> waiter) => _waiters.Add(item.Order, waiter);

    /// <summary>What comes of it, for one more who waits.</summary>
    /// <exception cref="ChatException">It was refused, or will not be sent.</exception>
    public Task<ChangeResult> ResultAsync(OutboxItem item, ChatException? ending)
    {
        if (item.State == ItemState.Held)
            return Task.FromResult(new ChangeResult(ResultStatus.StaleView, Missing: item.Missing));
        if (item.State == ItemState.Failed)
            throw new ChatException(item.Error!);
        if (ending is not null)
            throw new ChatException(ending.Code, ending);
        if (!_waiters.TryGetValue(item.Order, out var waiter))
            Add(item, waiter = new TaskCompletionSource<ChangeResult>(TaskCreationOptions.RunContinuationsAsynchronously));
        return waiter.Task;
    }

    /// <summary>What came of one that has left the outbox; null: see the log.</summary>
    public ChangeResult? ResultOf(ConversationId id, Guid key) => _results.GetValueOrDefault((id, key));

    public void Answer(OutboxItem item, ChangeResult result)
    {
        if (_waiters.Remove(item.Order, out var waiter))
            waiter.TrySetResult(result);
    }

    /// <summary>Is to be found here: such as a message so old that its log begins behind it.</summary>
    public void Keep(OutboxItem item, ChangeResult result)
    {
        _results[(item.ConversationId, item.ClientId)] = result;
        if (_results.Count > Kept)
            _results.RemoveAt(0);
    }

    public void Fail(OutboxItem item, Exception reason)
    {
        if (_waiters.Remove(item.Order, out var waiter))
            Fail(waiter, reason);
    }

    public void FailAll(Exception reason)
    {
        foreach (var waiter in _waiters.Values)
            Fail(waiter, reason);
        _waiters.Clear();
    }

    /// <summary>It is nobody's any more.</summary>
    public void Cancel(OutboxItem item)
    {
        if (_waiters.Remove(item.Order, out var waiter))
            waiter.TrySetCanceled();
    }

    public void ForgetResults() => _results.Clear();

    private static void Fail(TaskCompletionSource<ChangeResult> waiter, Exception reason)
    {
        waiter.TrySetException(reason);
        // Whoever asked may have gone: then nobody looks.
        _ = waiter.Task.Exception;
    }
}
