namespace Chat.Server.Hosting;

/// <summary>
/// Whether this node takes new sockets. Starting, then ready for good (a later outage of a dependency shows in metrics and not here: a shared outage
/// must not empty the balancer), then draining.
/// </summary>
internal sealed class NodeState
{
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _draining;

    public bool IsReady => _ready.Task.IsCompletedSuccessfully && !_draining;

    public bool IsDraining => _draining;

    /// <summary>Ends when start-up is done.</summary>
    public Task Started => _ready.Task;

    public void SetReady() => _ready.TrySetResult();

    public void SetDraining() => _draining = true;
}
