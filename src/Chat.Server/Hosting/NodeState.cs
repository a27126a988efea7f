namespace Chat.Server.Hosting;

/// <summary>
/// Whether this node takes new sockets. Starting, then ready for good (a later outage of a dependency shows in metrics and not here: a shared outage
/// must not empty the balancer), then draining.
/// </summary>
internal sealed class NodeState : IDisposable
{
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _draining = new();

    public bool IsReady => _ready.Task.IsCompletedSuccessfully && !IsDraining;

    /// <summary>Why the node could not start; the process ends with it.</summary>
    public Exception? Fault { get; private set; }

    public bool IsDraining => _draining.IsCancellationRequested;

    /// <summary>For requests that wait: they end when draining begins.</summary>
    public CancellationToken Draining => _draining.Token;

    /// <summary>Ends when start-up is done.</summary>
    public Task Started => _ready.Task;

    public void SetFault(Exception fault) => Fault = fault;

    public void SetReady() => _ready.TrySetResult();

    // What is registered runs elsewhere: a signal's thread calls this.
    public void SetDraining() => _ = _draining.CancelAsync();

    public void Dispose() => _draining.Dispose();
}
