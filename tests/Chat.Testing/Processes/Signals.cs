using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Chat.Testing.Processes;

/// <summary>Signals to processes that a test started, by pid. The numbers are Linux's.</summary>
public enum Signal
{
    Interrupt = 2,
    Quit = 3,
    Kill = 9,
    Terminate = 15,
    Continue = 18,
    Stop = 19,
}

public static class Signals
{
    /// <summary>A process that has already gone is no error: every caller wants exactly that or checks the exit itself.</summary>
    public static void Send(int pid, Signal signal)
    {
        const int noSuchProcess = 3;
        // kill(0) and kill(-1) reach everybody; no caller ever means that.
        ArgumentOutOfRangeException.ThrowIfLessThan(pid, 2);
        if (Kill(pid, (int)signal) != 0 && Marshal.GetLastPInvokeError() is var error && error != noSuchProcess)
        {
            throw new Win32Exception(error);
        }
    }

    /// <summary>The process and its children. PostgreSQL's backends each lead a session of their own, so that no process group holds them.</summary>
    public static IReadOnlyList<int> Tree(int pid)
    {
        try
        {
            var children = File.ReadAllText($"/proc/{pid}/task/{pid}/children");
            return [pid, .. children.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(int.Parse)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [pid];
        }
    }

    /// <summary>Stops the parent first: from then on no child can be added.</summary>
    public static async Task StopTreeAsync(int pid)
    {
        await StopAsync(pid);
        foreach (var child in Tree(pid).Skip(1))
        {
            await StopAsync(child);
        }
    }

    public static void ContinueTree(int pid)
    {
        foreach (var member in Tree(pid).Reverse())
        {
            Send(member, Signal.Continue);
        }
    }

    public static async Task KillTreeAsync(int pid)
    {
        await StopAsync(pid);
        foreach (var member in Tree(pid).Reverse())
        {
            Send(member, Signal.Kill);
        }
    }

    // The kernel stops a process a moment after kill(2) has returned, and tells only by its state.
    private static async Task StopAsync(int pid)
    {
        Send(pid, Signal.Stop);
        while (State(pid) is not ('T' or 't' or 'Z' or 'X'))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1));
        }
    }

    private static char State(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[stat.LastIndexOf(')') + 2];
        }
        catch (IOException)
        {
            return 'X';
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int pid, int signal);
}
