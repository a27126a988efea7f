using System.Globalization;
using System.Net;
using System.Text;
using Chat.Testing.Nodes;
using Chat.Testing.Processes;

namespace Chat.Testing.Services;

/// <summary>
/// A balancer in Traefik's place, with the same rules: it asks readiness, sends new sockets to ready nodes only, keeps the sockets of a leaving node,
/// gives up a dial after 3 s, and answers 503 when no node is ready.
/// </summary>
public sealed class HaproxyService : IAsyncDisposable
{
    private readonly string _program;
    private readonly string _file;
    private ChildProcess _process;

    private HaproxyService(string program, string file, int port)
    {
        _program = program;
        _file = file;
        _process = Launch();
        Address = new Uri($"http://127.0.0.1:{port}");
    }

    public Uri Address { get; }

    public string Output => _process.Output;

    public static async Task<HaproxyService> StartAsync(IEnumerable<ChatNode> nodes)
    {
        var program =
            Binaries.OnPath("haproxy") ?? (File.Exists("/usr/sbin/haproxy") ? "/usr/sbin/haproxy" : throw Binaries.NotInstalled("haproxy"));
        var folder = Binaries.CreateFolder("chat-haproxy-");
        var port = FreePort.Next();
        var file = Path.Combine(folder, "haproxy.cfg");
        await File.WriteAllTextAsync(file, Configuration(port, nodes));
        var service = new HaproxyService(program, file, port);
        await service.ReadyAsync();
        return service;
    }

    /// <summary>SIGKILL: every socket through it ends at once.</summary>
    public Task KillAsync() => _process.KillAsync();

    /// <summary>A new process on the same port, after a kill if the old one still runs.</summary>
    public async Task RestartAsync()
    {
        await _process.KillAsync();
        await _process.DisposeAsync();
        _process = Launch();
        await ReadyAsync();
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private ChildProcess Launch() =>
        ChildProcess.Start([_program, "-db", "-f", _file], folder: Path.GetDirectoryName(_file), end: Signal.Terminate);

    private static string Configuration(int port, IEnumerable<ChatNode> nodes)
    {
        var text = new StringBuilder(
            $"""
            global
              maxconn 400
            defaults
              mode http
              timeout connect 3s
              timeout client 60s
              timeout server 60s
              timeout tunnel 1h
              option redispatch
              retries 2
            frontend all
              bind 127.0.0.1:{port}
              default_backend nodes
            backend nodes
              balance leastconn
              option httpchk GET /readyz
              http-check expect status 200

            """
        );
        foreach (var node in nodes)
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"  server node{node.Id} 127.0.0.1:{node.BaseAddress.Port} check port {node.ManagementAddress.Port} inter 250ms fall 1 rise 1"
            );
        return text.ToString();
    }

    /// <summary>Ready when the first node is: before, it answers 503 by itself.</summary>
    private async Task ReadyAsync()
    {
        using var http = new HttpClient();
        using var bound = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            if (_process.Exited.IsCompleted)
                throw _process.Failure("ended at once");
            try
            {
                using var answer = await http.GetAsync(Address, bound.Token);
                if (answer.StatusCode != HttpStatusCode.ServiceUnavailable)
                    return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }
            await pause.WaitForNextTickAsync(bound.Token);
        }
    }
}
