using System.Text.Json;
using Chat.Testing.Nodes;
using Chat.Testing.Processes;

namespace Chat.Testing.Services;

/// <summary>Debian's Prometheus, which scrapes nodes each second and evaluates a file of rules.</summary>
public sealed class PrometheusService : IAsyncDisposable
{
    private readonly ChildProcess _process;
    private readonly HttpClient _http;

    private PrometheusService(ChildProcess process, Uri address) => (_process, _http) = (process, new HttpClient { BaseAddress = address });

    /// <param name="rules">Text of a rules file; what it waits for before it fires is left out, since time is all that it would cost.</param>
    /// <param name="nodes">Scraped with the labels that Kubernetes would give.</param>
    public static async Task<PrometheusService> StartAsync(string rules, IEnumerable<ChatNode> nodes)
    {
        var program = Binaries.OnPath("prometheus") ?? throw Binaries.NotInstalled("prometheus");
        var folder = Binaries.CreateFolder("chat-prometheus-");
        var lines = rules.Split('\n').Where(line => !line.TrimStart().StartsWith("for:", StringComparison.Ordinal));
        await File.WriteAllLinesAsync(Path.Combine(folder, "rules.yml"), lines);
        var targets = nodes.Select(
            (node, i) => $"{{targets: ['127.0.0.1:{node.ManagementAddress.Port}'], labels: {{namespace: chat, pod: node-{i}}}}}"
        );
        await File.WriteAllTextAsync(
            Path.Combine(folder, "prometheus.yml"),
            $"""
            global: {"{scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}"}
            rule_files: [rules.yml]
            scrape_configs:
              - job_name: chat
                static_configs: [{string.Join(", ", targets)}]
            """
        );
        var port = FreePort.Next();
        var process = ChildProcess.Start(
            [program, "--config.file=prometheus.yml", $"--web.listen-address=127.0.0.1:{port}", "--storage.tsdb.path=data"],
            folder: folder
        );
        await process.WaitForLineAsync("Server is ready to receive web requests");
        return new PrometheusService(process, new Uri($"http://127.0.0.1:{port}"));
    }

    /// <summary>Ends when exactly these alerts fire; the last thing that can only be polled.</summary>
    public async Task UntilFiringAsync(params string[] alerts)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        var firing = await FiringAsync(bound.Token);
        while (!firing.SetEquals(alerts))
        {
            try
            {
                await pause.WaitForNextTickAsync(bound.Token);
                firing = await FiringAsync(bound.Token);
            }
            catch (OperationCanceledException e)
            {
                throw new TimeoutException($"Firing: {string.Join(", ", firing)}; wanted: {string.Join(", ", alerts)}", e);
            }
        }
    }

    /// <summary>How many targets are scraped well.</summary>
    public async Task UntilScrapedAsync(int targets)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (
            !(await _http.GetStringAsync("api/v1/query?query=sum(up)", bound.Token)).Contains($",\"{targets}\"]", StringComparison.Ordinal)
        )
            await pause.WaitForNextTickAsync(bound.Token);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _process.DisposeAsync();
    }

    private async Task<HashSet<string>> FiringAsync(CancellationToken cancellationToken)
    {
        using var answer = JsonDocument.Parse(await _http.GetStringAsync("api/v1/alerts", cancellationToken));
        return answer
            .RootElement.GetProperty("data")
            .GetProperty("alerts")
            .EnumerateArray()
            .Where(alert => alert.GetProperty("state").GetString() == "firing")
            .Select(alert => alert.GetProperty("labels").GetProperty("alertname").GetString()!)
            .ToHashSet(StringComparer.Ordinal);
    }
}
