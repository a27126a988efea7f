using System.Diagnostics;

namespace Chat.Testing.Processes;

/// <summary>A process that a test started. Its last lines are kept for failures, and it never outlives the test process.</summary>
public sealed class ChildProcess : IAsyncDisposable
{
    private const int KeptLines = 400;

    private readonly Process _process;
    private readonly Signal _end;
    private readonly Lock _gate = new();
    private readonly Queue<string> _lines = new();
    private readonly List<(Func<string, bool> Matches, TaskCompletionSource<string> Found)> _waiters = [];
    private bool _silent;

    private ChildProcess(Process process, Signal end)
    {
        _process = process;
        _end = end;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        Exited = ObserveExitAsync();
    }

    public int Id => _process.Id;

    /// <summary>Completes with the exit code once the process and all that inherited its output have gone.</summary>
    public Task<int> Exited { get; }

    /// <summary>The last lines of standard output and error.</summary>
    public string Output
    {
        get
        {
            lock (_gate)
            {
                return string.Join('\n', _lines);
            }
        }
    }

    /// <param name="command">The program and its arguments.</param>
    /// <param name="environment">Added to the environment of the test process; null removes a variable.</param>
    /// <param name="folder">The working folder; null = that of the test process.</param>
    /// <param name="end">The signal that ends it cleanly enough to leave nothing behind on the machine.</param>
    /// <param name="input">A line for its standard input, which then stays open; null: the input ends at once.</param>
    public static ChildProcess Start(
        IReadOnlyList<string> command,
        IReadOnlyDictionary<string, string?>? environment = null,
        string? folder = null,
        Signal end = Signal.Kill,
        string? input = null
    )
    {
        var info = new ProcessStartInfo(command[0], command.Skip(1))
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? "",
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>(StringComparer.Ordinal))
        {
            info.Environment[name] = value;
        }
        var guardian = Guardian.OfThisProcess;
        var process = Process.Start(info) ?? throw new InvalidOperationException($"{command[0]} did not start");
        guardian.Watch(process.Id, end);
        if (input is null)
            process.StandardInput.Close();
        else
            process.StandardInput.WriteLine(input);
        return new ChildProcess(process, end);
    }

    /// <summary>Runs a command to its end; throws with its output unless it succeeded in time.</summary>
    public static async Task RunAsync(IReadOnlyList<string> command, string? folder = null, TimeSpan? within = null)
    {
        await using var process = Start(command, folder: folder);
        if (await process.Exited.WaitAsync(within ?? TimeSpan.FromMinutes(3)) is not 0 and var code)
        {
            throw new InvalidOperationException($"{string.Join(' ', command)} exited with {code}:\n{process.Output}");
        }
    }

    /// <summary>The first line, kept or yet to come, that contains the text. Throws with the output if the process ends before.</summary>
    public Task<string> WaitForLineAsync(string text, TimeSpan? timeout = null) =>
        WaitForLineAsync(line => line.Contains(text, StringComparison.Ordinal), $"\"{text}\"", timeout);

    public async Task<string> WaitForLineAsync(Func<string, bool> matches, string description, TimeSpan? timeout = null)
    {
        var found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_lines.FirstOrDefault(matches) is { } line)
            {
                return line;
            }
            if (_silent)
            {
                throw Failure($"ended without the line {description}");
            }
            _waiters.Add((matches, found));
        }
        try
        {
            return await found.Task.WaitAsync(timeout ?? TimeSpan.FromMinutes(2));
        }
        catch (OperationCanceledException)
        {
            throw Failure($"ended without the line {description}");
        }
        catch (TimeoutException)
        {
            throw Failure($"did not write the line {description} in time");
        }
    }

    public void Send(Signal signal) => Signals.Send(Id, signal);

    /// <summary>SIGKILL to the process and its children; completes when all have gone.</summary>
    public async Task KillAsync()
    {
        if (!Exited.IsCompleted)
        {
            await Signals.KillTreeAsync(Id);
            await Exited;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!Exited.IsCompleted)
        {
            Signals.ContinueTree(Id);
            Send(_end);
            try
            {
                await Exited.WaitAsync(TimeSpan.FromSeconds(10));
            }
            catch (TimeoutException)
            {
                await KillAsync();
            }
        }
        _process.Dispose();
    }

    public InvalidOperationException Failure(string what) => new($"{_process.StartInfo.FileName} {what}. Its last lines:\n{Output}");

    private async Task<int> ObserveExitAsync()
    {
        await _process.WaitForExitAsync();
        Guardian.OfThisProcess.Forget(_process.Id);
        lock (_gate)
        {
            _silent = true;
            _waiters.ForEach(w => w.Found.TrySetCanceled());
            _waiters.Clear();
        }
        return _process.ExitCode;
    }

    private void Keep(string? line)
    {
        if (line is null)
        {
            return;
        }
        lock (_gate)
        {
            if (_lines.Count == KeptLines)
            {
                _lines.Dequeue();
            }
            _lines.Enqueue(line);
            _waiters.RemoveAll(w => w.Matches(line) && w.Found.TrySetResult(line));
        }
    }
}
