namespace Chat.Conformance.Scenarios;

/// <summary>Where those meet whose trouble is one for all, since it changes the service: it happens once, when all are there.</summary>
internal sealed class Meeting(int participants)
{
    private readonly Lock _gate = new();

    // Guarded by the gate.
    private int _left = participants;
    private int _there;
    private Func<Task>? _trouble;
    private TaskCompletionSource _over = New();

    /// <summary>Waits for the others, and for the end of the trouble. Of several that are given one happens: they are the same.</summary>
    public Task MeetAsync(Func<Task> trouble)
    {
        Task over;
        lock (_gate)
        {
            _trouble ??= trouble;
            _there++;
            over = _over.Task;
        }
        BeginWhenAllAreThere();
        return over;
    }

    /// <summary>One less comes.</summary>
    public void Leave()
    {
        lock (_gate)
            _left--;
        BeginWhenAllAreThere();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void BeginWhenAllAreThere()
    {
        lock (_gate)
        {
            if (_trouble is not { } trouble || _there < _left)
                return;
            _ = RunAsync(trouble, _over);
            (_there, _trouble, _over) = (0, null, New());
        }
    }

    private static async Task RunAsync(Func<Task> trouble, TaskCompletionSource over)
    {
        try
        {
            await Task.Run(trouble);
            over.SetResult();
        }
        catch (Exception e)
        {
            over.SetException(e);
        }
    }
}
