namespace Chat.Client.Tests;

/// <summary>An app's thread that has other things to do: what waits for something there goes on when it is told to.</summary>
internal sealed class BusyThread : SynchronizationContext
{
    private readonly Lock _gate = new();
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _waiting = [];
    private bool _isFree;

    /// <summary>Calls from this thread.</summary>
    public T Begin<T>(Func<T> call)
    {
        var own = Current;
        SetSynchronizationContext(this);
        try
        {
            return call();
        }
        finally
        {
            SetSynchronizationContext(own);
        }
    }

    /// <summary>Has time for what waits, and for all that follows.</summary>
    public void GoOn()
    {
        lock (_gate)
            _isFree = true;
        while (_waiting.TryDequeue(out var next))
            next.Callback(next.State);
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_gate)
        {
            if (!_isFree)
            {
                _waiting.Enqueue((d, state));
                return;
            }
        }
        ThreadPool.QueueUserWorkItem(_ => d(state));
    }
}
