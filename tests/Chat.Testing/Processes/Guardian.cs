using System.Diagnostics;

namespace Chat.Testing.Processes;

/// <summary>
/// One small process beside the test process that ends what it started and removes its folders, however it ends. It waits for the end
/// of its standard input, which the kernel closes even after SIGKILL. A parent-death signal would not do: that is bound to the thread
/// that forked, and the thread pool retires its threads.
/// </summary>
public sealed class Guardian : IDisposable
{
    private const string Script = """
        exec >/dev/null 2>&1
        declare -A ends
        folders=()
        while read -r verb how what; do
          case $verb in
            process) ends[$what]=$how ;;
            gone) unset "ends[$what]" ;;
            folder) folders+=("$what") ;;
          esac
        done
        tree() { echo "$1"; cat "/proc/$1/task/$1/children"; }
        lives() { local stat; stat=$(<"/proc/$1/stat") && [[ ! $stat =~ \)\ [ZX] ]]; }
        for pid in "${!ends[@]}"; do
          kill -CONT $(tree "$pid")
          kill "-${ends[$pid]}" "$pid"
        done
        for pid in "${!ends[@]}"; do
          for _ in {1..50}; do lives "$pid" || continue 2; sleep 0.1; done
          kill -STOP "$pid"
          kill -KILL $(tree "$pid")
        done
        rm -rf -- "${folders[@]}"
        """;

    private static readonly Lazy<Guardian> Instance = new(() => new Guardian());

    private readonly Lock _gate = new();
    private readonly Process _shell;

    public Guardian()
    {
        // A session of its own keeps it from the terminal's Ctrl+C and from signals to the runner's process group.
        _shell =
            Process.Start(
                new ProcessStartInfo("setsid", ["bash", "-c", Script])
                {
                    UseShellExecute = false,
                    RedirectStandardInput = true,
                    WorkingDirectory = "/",
                }
            ) ?? throw new InvalidOperationException("setsid did not start");
    }

    public static Guardian OfThisProcess => Instance.Value;

    /// <param name="pid">A process that this one started.</param>
    /// <param name="end">What ends it; five seconds later it is killed with its children.</param>
    public void Watch(int pid, Signal end) => Tell($"process {(int)end} {pid}");

    /// <summary>Its pid may belong to a stranger from now on.</summary>
    public void Forget(int pid) => Tell($"gone - {pid}");

    public void WatchFolder(string path) => Tell($"folder - {path}");

    /// <summary>Does at once what the end of the test process would do.</summary>
    public void Dispose()
    {
        _shell.StandardInput.Close();
        _shell.WaitForExit();
        _shell.Dispose();
    }

    private void Tell(string line)
    {
        lock (_gate)
        {
            _shell.StandardInput.WriteLine(line);
            _shell.StandardInput.Flush();
        }
    }
}
