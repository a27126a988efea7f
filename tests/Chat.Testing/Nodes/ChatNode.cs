using System.Globalization;
using System.Net;
using Chat.Testing.Processes;

namespace Chat.Testing.Nodes;

/// <summary>The real server as a process of its own, on free loopback ports that it keeps across restarts.</summary>
public sealed class ChatNode : IServerNode, IAsyncDisposable
{
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(50);

    private readonly Dictionary<string, string?> _environment;
    private readonly IReadOnlyList<string> _command;
    private readonly Uri _readiness;
    private ChildProcess _process;

    private ChatNode(IReadOnlyDictionary<string, string?> settings, IReadOnlyList<string> under)
    {
        _command = [.. under, .. ServerProgram.Command];
        var (port, managementPort) = (FreePort.Next(), FreePort.Next());
        _environment = new Dictionary<string, string?>(settings, StringComparer.Ordinal)
        {
            ["Http__Port"] = port.ToString(CultureInfo.InvariantCulture),
            ["Http__ManagementPort"] = managementPort.ToString(CultureInfo.InvariantCulture),
        };
        BaseAddress = new Uri($"http://127.0.0.1:{port}");
        ManagementAddress = new Uri($"http://127.0.0.1:{managementPort}");
        _readiness = new Uri(ManagementAddress, "readyz");
        _process = Launch();
    }

    /// <summary>Hubs and REST.</summary>
    public Uri BaseAddress { get; }

    /// <summary>Health and metrics.</summary>
    public Uri ManagementAddress { get; }

    public int Id => _process.Id;

    public bool IsRunning => !_process.Exited.IsCompleted;

    /// <summary>The last 400 lines of the current process, to be shown with failures.</summary>
    public string Output => _process.Output;

    /// <param name="settings">Environment variables, such as <c>Storage__Postgres</c>.</param>
    /// <param name="under">A command that sets limits and then becomes the server, such as <c>prlimit</c>.</param>
    public static async Task<ChatNode> StartAsync(IReadOnlyDictionary<string, string?> settings, params IReadOnlyList<string> under)
    {
        var node = new ChatNode(settings, under);
        try
        {
            await node.ReadyAsync();
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    /// <summary>The first line of the log, written or yet to come, that contains the text.</summary>
    public Task<string> WaitForLineAsync(string text) => _process.WaitForLineAsync(text);

    /// <summary>The first line, written or yet to come, that is as wanted.</summary>
    public Task<string> WaitForLineAsync(Func<string, bool> matches) => _process.WaitForLineAsync(matches, "that the test waits for");

    public void Kill() => _process.Send(Signal.Kill);

    public void Terminate() => _process.Send(Signal.Terminate);

    public Task<int> WaitForExitAsync(TimeSpan? timeout = null) => _process.Exited.WaitAsync(timeout ?? TimeSpan.FromSeconds(60));

    /// <summary>SIGSTOP: its sockets stay open and nothing answers.</summary>
    public Task PauseAsync() => Signals.StopTreeAsync(Id);

    public void Resume() => Signals.ContinueTree(Id);

    /// <summary>Ends when a metric, summed over its labels, is as wanted. The other thing that can only be polled.</summary>
    public async Task<double> UntilMetricAsync(string name, Func<double, bool> wanted, TimeSpan? timeout = null, string label = "")
    {
        using var http = new HttpClient();
        using var bound = new CancellationTokenSource(timeout ?? TimeSpan.FromMinutes(1));
        using var pause = new PeriodicTimer(PollEvery);
        while (true)
        {
            var text = await http.GetStringAsync(new Uri(ManagementAddress, "metrics"), bound.Token);
            // The exporter may put prefixes and units around the instrument's name; a name that is there as it is means itself alone.
            var lines = text.Split('\n').Where(line => line.Length > 0 && line[0] != '#').ToLookup(line => line.Split(' ', '{')[0]);
            var names = lines.Contains(name)
                ? [name]
                : lines.Select(series => series.Key).Where(key => key.Contains(name, StringComparison.Ordinal));
            var samples = names.SelectMany(key => lines[key]).Where(line => line.Contains(label, StringComparison.Ordinal));
            var value = samples.Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
            if (wanted(value))
                return value;
            await pause.WaitForNextTickAsync(bound.Token);
        }
    }

    public async Task RestartAsync()
    {
        await _process.KillAsync();
        await _process.DisposeAsync();
        _process = Launch();
        await ReadyAsync();
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private ChildProcess Launch() => ChildProcess.Start(_command, _environment);

    // The one place that polls: readiness is the server's own word, and it has no way to call us.
    private async Task ReadyAsync()
    {
        using var http = new HttpClient();
        using var bound = new CancellationTokenSource(ReadyWithin);
        using var pause = new PeriodicTimer(PollEvery);
        do
        {
            if (_process.Exited.IsCompleted)
            {
                throw _process.Failure($"exited with {await _process.Exited} before {_readiness} answered");
            }
            if (await IsReadyAsync(http, bound.Token))
            {
                return;
            }
            await pause.WaitForNextTickAsync(CancellationToken.None);
        } while (!bound.IsCancellationRequested);
        throw _process.Failure($"did not answer {_readiness} with 200 within {ReadyWithin.TotalSeconds} s");
    }

    private async Task<bool> IsReadyAsync(HttpClient http, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await http.GetAsync(_readiness, cancellationToken);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }
}
