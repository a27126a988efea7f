using System.Runtime.InteropServices;
using Chat.Server.Hosting;

namespace Chat.Server.Draining;

/// <summary>
/// Takes the signals in place of the framework's lifetime, whose SIGTERM would end every socket at once. SIGTERM drains and then stops; SIGINT, or a
/// second SIGTERM, stops at once.
/// </summary>
internal sealed class DrainingLifetime(Drain drain, NodeState state, IHostApplicationLifetime application) : IHostLifetime, IDisposable
{
    private readonly List<PosixSignalRegistration> _signals = [];

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, Terminate));
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop));
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGQUIT, Stop));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        foreach (var signal in _signals)
            signal.Dispose();
    }

    private void Terminate(PosixSignalContext signal)
    {
        signal.Cancel = true;
        if (state.IsDraining)
        {
            application.StopApplication();
            return;
        }
        state.SetDraining();
        _ = DrainAndStopAsync();
    }

    private void Stop(PosixSignalContext signal)
    {
        signal.Cancel = true;
        state.SetDraining();
        application.StopApplication();
    }

    private async Task DrainAndStopAsync()
    {
        try
        {
            await drain.RunAsync(application.ApplicationStopping);
        }
        finally
        {
            application.StopApplication();
        }
    }
}
