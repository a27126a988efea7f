namespace Chat.Client;

/// <summary>
/// Writes the model's changes in the order in which they were made, each group whole. Groups that wait while one is written go together, so that many sends cost
/// one flush. What could not be written goes with the next group: the model has moved on from it. The storage is asked for one thing at a time.
/// </summary>
internal sealed class StorageWriter(IChatStorage storage)
{
    private readonly Lock _gate = new();

    // Guarded by the gate, as are all up to _isWriting.
    private List<Entry> _waiting = [];
    private List<Entry> _unwritten = [];
    private bool _isDurable;
    private TaskCompletionSource _written = New();

    // The storage is to be emptied before what waits is written.
    private TaskCompletionSource? _wiped;
    private bool _isWriting;
    private Task _run = Task.CompletedTask;

    /// <summary>Completes when the changes are written; fails when they could not be.</summary>
    /// <param name="changes">In order.</param>
    /// <param name="durable">Whether they are to survive a loss of power.</param>
    /// <param name="isKept">False: what could not be written is not written later.</param>
    public Task Add(IReadOnlyList<StorageChange> changes, bool durable, bool isKept = true)
    {
        if (changes.Count == 0)
            return Task.CompletedTask;
        lock (_gate)
        {
            _waiting.AddRange(changes.Select(change => new Entry(change, isKept)));
            _isDurable |= durable;
            Run();
            return _written.Task;
        }
    }

    /// <summary>Empties the storage: of what was added before nothing is left, and what is added from now on is written after it.</summary>
    public Task WipeAsync()
    {
        lock (_gate)
        {
            // What would be wiped at once need not be written.
            _written.SetResult();
            (_waiting, _unwritten, _isDurable, _written) = ([], [], false, New());
            _wiped ??= New();
            var wiped = _wiped.Task;
            Run();
            return wiped;
        }
    }

    /// <summary>Completes when all that was added has been tried.</summary>
    public Task FlushAsync()
    {
        lock (_gate)
            return _run;
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Under the gate.
    private void Run()
    {
        if (_isWriting)
            return;
        _isWriting = true;
        _run = Task.Run(WorkAsync);
    }

    private async Task WorkAsync()
    {
        while (true)
        {
            var (wiped, group) = Take();
            if (wiped is not null)
                await TellAsync(wiped, () => storage.WipeAsync(CancellationToken.None));
            else if (group is not null)
                await WriteAsync(group);
            else
                return;
        }
    }

    private async Task WriteAsync(Group group)
    {
        var changes = Newest(group.Changes).ConvertAll(each => each.Change);
        if (await TellAsync(group.Written, () => storage.WriteAsync(changes, group.IsDurable, CancellationToken.None)))
            return;
        lock (_gate)
            _unwritten = _wiped is null ? Newest(group.Changes.Where(each => each.IsKept)) : [];
    }

    private static async Task<bool> TellAsync(TaskCompletionSource done, Func<Task> work)
    {
        try
        {
            await work();
            done.SetResult();
            return true;
        }
        catch (Exception e)
        {
            done.SetException(e);
            // Not everybody who adds waits for it.
            _ = done.Task.Exception;
            return false;
        }
    }

    /// <summary>What is to be done next; nothing: it is over.</summary>
    private (TaskCompletionSource? Wiped, Group? Group) Take()
    {
        lock (_gate)
        {
            if (_wiped is { } wiped)
            {
                _wiped = null;
                return (wiped, null);
            }
            _isWriting = _waiting.Count > 0;
            if (!_isWriting)
                return (null, null);
            var group = new Group([.. _unwritten, .. _waiting], _isDurable, _written);
            (_waiting, _unwritten, _isDurable, _written) = ([], [], false, New());
            return (null, group);
        }
    }

    // By key, so that it does not grow while nothing can be written.
    private static List<Entry> Newest(IEnumerable<Entry> changes) =>
        [.. changes.GroupBy(each => each.Change.Key).Select(same => same.Last())];

    private sealed record Group(List<Entry> Changes, bool IsDurable, TaskCompletionSource Written);

    private readonly record struct Entry(StorageChange Change, bool IsKept);
}
