using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chat.Testing.Processes;

namespace Chat.Conformance.Drivers;

/// <summary>A client under test: a process that takes orders on stdin and answers on stdout, one JSON object a line.</summary>
internal sealed class DriverProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentDictionary<int, (string What, TaskCompletionSource<JsonNode?> Answered)> _orders = new();
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly SemaphoreSlim _writing = new(1);
    private readonly Task _reading;
    private int _lastId;

    private DriverProcess(Process process)
    {
        _process = process;
        process.ErrorDataReceived += (_, line) => _errors.Enqueue(line.Data ?? "");
        process.BeginErrorReadLine();
        _reading = Task.Run(ReadAsync);
    }

    public int Id => _process.Id;

    public static DriverProcess Start(IReadOnlyList<string> command)
    {
        // A write beyond a file's limit is an error, as on a full disk, and not the end of the process.
        var info = new ProcessStartInfo("sh", ["-c", "trap '' XFSZ; exec \"$@\"", "sh", .. command])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(info) ?? throw new InvalidOperationException($"{command[0]} did not start");
        Guardian.OfThisProcess.Watch(process.Id, Signal.Kill);
        return new DriverProcess(process);
    }

    /// <summary>Gives an order. The answer is its result; an error is thrown.</summary>
    public async Task<JsonNode?> DoAsync(string what, object? arguments = null, TimeSpan? within = null)
    {
        var limit = within ?? TimeSpan.FromSeconds(60);
        try
        {
            return await BeginAsync(what, arguments).WaitAsync(limit);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"'{what}' was not answered within {limit.TotalSeconds} s.\n{string.Join('\n', _errors)}", e);
        }
    }

    /// <summary>Gives an order whose answer may never come.</summary>
    public async Task<JsonNode?> BeginAsync(string what, object? arguments = null)
    {
        var id = Interlocked.Increment(ref _lastId);
        var answered = new TaskCompletionSource<JsonNode?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _orders[id] = (what, answered);
        var order = JsonSerializer.SerializeToNode(arguments ?? new { }, JsonSerializerOptions.Web)!.AsObject();
        (order["id"], order["do"]) = (id, what);
        await _writing.WaitAsync();
        try
        {
            await _process.StandardInput.WriteLineAsync(order.ToJsonString());
            await _process.StandardInput.FlushAsync();
        }
        catch (IOException e)
        {
            throw new InvalidOperationException($"The driver is gone.\n{string.Join('\n', _errors)}", e);
        }
        finally
        {
            _writing.Release();
        }
        return await answered.Task;
    }

    /// <summary>No file of the process may grow beyond this; null: beyond any size.</summary>
    public async Task LimitFilesAsync(long? bytes)
    {
        var limit = bytes?.ToString(CultureInfo.InvariantCulture) ?? "unlimited";
        using var prlimit = Process.Start("prlimit", [$"--pid={_process.Id}", $"--fsize={limit}:"]);
        await prlimit.WaitForExitAsync();
        if (prlimit.ExitCode != 0)
            throw new InvalidOperationException($"prlimit ended with {prlimit.ExitCode}");
    }

    /// <summary>SIGKILL. Orders without an answer never get one.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
            Signals.Send(_process.Id, Signal.Kill);
        await _process.WaitForExitAsync();
        await _reading;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Guardian.OfThisProcess.Forget(_process.Id);
        _process.Dispose();
        _writing.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            var answer = JsonNode.Parse(line)!.AsObject();
            if (!_orders.TryRemove(answer["id"]!.GetValue<int>(), out var order))
                continue;
            if (answer["error"] is not { } error)
                order.Answered.TrySetResult(answer["result"]);
            else if (error.ToString() == "unknown")
                order.Answered.TrySetException(new UnknownVerbException(order.What));
            else
                order.Answered.TrySetException(new InvalidOperationException(error.ToString()));
        }
        foreach (var order in _orders.Values)
            order.Answered.TrySetException(new InvalidOperationException($"The driver ended.\n{string.Join('\n', _errors)}"));
    }
}
