namespace Chat.Testing.Nodes;

/// <summary>A server process that can be broken and comes back at the same address.</summary>
public interface IServerNode
{
    bool IsRunning { get; }

    /// <summary>SIGKILL.</summary>
    void Kill();

    /// <summary>SIGTERM, as a rolling update sends it.</summary>
    void Terminate();

    Task<int> WaitForExitAsync(TimeSpan? timeout = null);

    /// <summary>A new process on the same ports with the same settings, after a kill if the old one still runs.</summary>
    Task RestartAsync();
}
