namespace Chat.Client;

/// <summary>
/// Writes the model's changes in the order in which they were made, each group whole. Groups that wait while one is written go together, so that many sends cost
/// one flush. What could not be written goes with the next group: the model has moved on from it.
/// </summary>
internal sealed class StorageWriter(IChatStorage storage)
{
    private readonly Lock _gate = new();

    // Guarded by the gate, as are all up to _isWriting.
    private List<StorageChange> _waiting = [];
    private List<StorageChange> _unwritten = [];
    private bool _isDurable;
    private TaskCompletionSource _written = New();
    private bool _isWriting;
    private Task _run = Task.CompletedTask;

    /// <summary>Completes when the changes are written; fails when they could not be.</summary>
    public Task Add(IReadOnlyList<StorageChange> changes, bool durable)
    {
        if (changes.Count == 0)
            return Task.CompletedTask;
        lock (_gate)
        {
            _waiting.AddRange(changes);
            _isDurable |= durable;
            var written = _written.Task;
            if (!_isWriting)
            {
                _isWriting = true;
                _run = Task.Run(WriteAllAsync);
            }
            return written;
        }
    }

    /// <summary>Completes when all that was added has been tried.</summary>
    public Task FlushAsync()
    {
        lock (_gate)
            return _run;
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task WriteAllAsync()
    {
        while (TakeWaiting() is var (changes, durable, written))
        {
            try
            {
                await storage.WriteAsync(changes, durable, CancellationToken.None);
                written.SetResult();
            }
            catch (Exception e)
            {
                lock (_gate)
                    _unwritten = changes;
                written.SetException(e);
                // Not everybody who adds waits for it.
                _ = written.Task.Exception;
            }
        }
    }

    private (List<StorageChange> Changes, bool Durable, TaskCompletionSource Written)? TakeWaiting()
    {
        lock (_gate)
        {
            if (_waiting.Count == 0)
            {
                _isWriting = false;
                return null;
            }
            // By key, so that it does not grow while nothing can be written.
            List<StorageChange> changes =
                _unwritten.Count == 0 ? _waiting : [.. _unwritten.Concat(_waiting).GroupBy(c => c.Key).Select(same => same.Last())];
            var taken = (changes, _isDurable, _written);
            (_waiting, _unwritten, _isDurable, _written) = ([], [], false, New());
            return taken;
        }
    }
}
