using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Chat.Testing.Clients;
using Chat.Testing.Nodes;
using Chat.Testing.Processes;
using Chat.Testing.Services;
using DotNet.Testcontainers.Builders;
using DotNet.Testcontainers.Containers;

namespace Chat.Faults.Tests;

/// <summary>
/// The image that <c>tests/run --long</c> has built, as a cluster runs it: read-only, not root, within a memory limit. On the host's network, so that
/// containers reach this machine's PostgreSQL and Redis.
/// </summary>
public sealed class ImageTests(ITestOutputHelper output)
{
    private const long MemoryLimit = 512L << 20;

    /// <summary>Name of the image; absent where none could be built.</summary>
    private static readonly string? Image = Environment.GetEnvironmentVariable("CHAT_TEST_IMAGE");

    [Fact]
    public async Task Two_containers_serve_read_only_as_no_root_within_a_limit_and_end_on_SIGTERM_with_zero()
    {
        Assert.SkipWhen(string.IsNullOrEmpty(Image), "CHAT_TEST_IMAGE names no image: tests/run --long builds one where base images are.");
        await using var postgres = await PostgresService.StartOwnAsync();
        await using var redis = await RedisService.StartOwnAsync();
        await using var cluster = await ChatCluster.StartAsync(await postgres.CreateDatabaseAsync(), redis.Configuration, nodes: 0);
        await using var first = await StartAsync(cluster);
        await using var second = await StartAsync(cluster);

        var session = await cluster.NewVisitorAsync(first.Address);
        await using var sender = ChatClient.Visitor(() => first.Address, () => Task.FromResult(session.Token));
        var id = await sender.OpenConversationAsync();
        await using var reader = ChatClient.Visitor(() => second.Address, () => Task.FromResult(session.Token));
        await reader.UntilAsync(() => reader.Me is not null, "the first Hello");
        var sent = await sender.SendAsync(id, "from container to container");
        await reader.UntilAsync(() => reader.Log(id).Seq >= sent.Event!.Seq, "the other container's message");

        await AssertFencedAsync(first.Container);
        await first.Container.StopAsync();
        Assert.Equal(0, await first.Container.GetExitCodeAsync());
        output.WriteLine(
            $"Container and all: {first.ReadyAfter.TotalMilliseconds:F0} ms and {second.ReadyAfter.TotalMilliseconds:F0} ms. "
                + $"{await ReadyLineAsync(first.Container)}; {await ReadyLineAsync(second.Container)}"
        );
    }

    [Fact]
    public async Task A_pool_that_runs_out_of_memory_ends_alone_and_its_clients_go_on_with_another()
    {
        Assert.SkipWhen(string.IsNullOrEmpty(Image), "CHAT_TEST_IMAGE names no image: tests/run --long builds one where base images are.");
        await using var postgres = await PostgresService.StartOwnAsync();
        await using var redis = await RedisService.StartOwnAsync();
        await using var cluster = await ChatCluster.StartAsync(await postgres.CreateDatabaseAsync(), redis.Configuration, nodes: 0);
        await using var small = await StartAsync(cluster);
        await using var large = await StartAsync(cluster);
        var session = await cluster.NewVisitorAsync(small.Address);
        var node = small;
        await using var visitor = ChatClient.Visitor(() => node.Address, () => Task.FromResult(session.Token));
        visitor.Patience = TimeSpan.FromMinutes(2);
        var id = await visitor.OpenConversationAsync();
        await visitor.SendAsync(id, "to the small one");

        node = large;
        await using var filler = await FillAsync(small.Container);
        await UntilAsync(small.Container, "{{.State.Status}} {{.State.OOMKilled}}", "exited true");
        await visitor.SendAsync(id, "to the large one");

        Assert.Equal("running", await InspectAsync(large.Container, "{{.State.Status}}"));
        Oracle.Verify(await StoredLog.ReadAsync(cluster.ConnectionString), [visitor], "", commitsWereLost: false);
    }

    /// <summary>Fills the container's /tmp, which counts as its memory, until the kernel ends the largest process in there.</summary>
    private static async Task<ChildProcess> FillAsync(IContainer container)
    {
        var process = await InspectAsync(container, "{{.State.Pid}}");
        var groups = await File.ReadAllLinesAsync($"/proc/{process}/cgroup");
        var old = groups.FirstOrDefault(group => group.Contains(":memory:", StringComparison.Ordinal));
        var folder = old is null ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory";
        var group = folder + (old ?? groups[0]).Split(':')[2];
        const string script = "echo $$ >$0/cgroup.procs && exec head -c 1G /dev/zero >/proc/$1/root/tmp/filler";
        return ChildProcess.Start(["sh", "-c", script, group, process]);
    }

    private static async Task<string> ReadyLineAsync(IContainer container)
    {
        var (stdout, _) = await container.GetLogsAsync(ct: CancellationToken.None);
        return Regex.Match(stdout, "Ready after [0-9]+ ms", RegexOptions.None, TimeSpan.FromSeconds(1)).Value;
    }

    private static async Task UntilAsync(IContainer container, string format, string wanted)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (await InspectAsync(container, format) != wanted)
            await pause.WaitForNextTickAsync(bound.Token);
    }

    /// <summary>Its processes run as 1654 and its root is mounted read-only; there is no shell to ask, so the kernel is.</summary>
    private static async Task AssertFencedAsync(IContainer container)
    {
        var process = await InspectAsync(container, "{{.State.Pid}}");
        var status = await File.ReadAllTextAsync($"/proc/{process}/status");
        Assert.Contains("Uid:\t1654\t1654\t1654\t1654", status, StringComparison.Ordinal);
        Assert.Contains("CapEff:\t0000000000000000", status, StringComparison.Ordinal);
        Assert.Contains("NoNewPrivs:\t1", status, StringComparison.Ordinal);
        var root = (await File.ReadAllLinesAsync($"/proc/{process}/mounts")).First(line => line.Split(' ')[1] == "/");
        Assert.StartsWith("ro", root.Split(' ')[3], StringComparison.Ordinal);
        Assert.Equal(MemoryLimit.ToString(CultureInfo.InvariantCulture), await InspectAsync(container, "{{.HostConfig.Memory}}"));
    }

    private static async Task<string> InspectAsync(IContainer container, string format)
    {
        await using var docker = ChildProcess.Start(["docker", "inspect", "--format", format, container.Id]);
        Assert.Equal(0, await docker.Exited);
        return docker.Output.Trim();
    }

    private static async Task<Node> StartAsync(ChatCluster cluster)
    {
        var (port, management) = (FreePort.Next(), FreePort.Next());
        var container = new ContainerBuilder(Image!)
            .WithEnvironment(
                cluster.Settings.Where(s => s.Value is not null).ToDictionary(s => s.Key, s => s.Value!, StringComparer.Ordinal)
            )
            .WithEnvironment("Http__Port", port.ToString(CultureInfo.InvariantCulture))
            .WithEnvironment("Http__ManagementPort", management.ToString(CultureInfo.InvariantCulture))
            .WithEnvironment("DOTNET_GCHeapHardLimitPercent", "0x41")
            .WithTmpfsMount("/tmp")
            .WithCreateParameterModifier(parameters =>
            {
                var host = parameters.HostConfig!;
                host.NetworkMode = "host";
                host.ReadonlyRootfs = true;
                host.Memory = MemoryLimit;
                host.CapDrop = ["ALL"];
                host.SecurityOpt = ["no-new-privileges"];
            })
            .Build();
        var started = Stopwatch.GetTimestamp();
        await container.StartAsync();
        await ReadyAsync(container, new Uri($"http://127.0.0.1:{management}/readyz"));
        return new Node(container, new Uri($"http://127.0.0.1:{port}"), Stopwatch.GetElapsedTime(started));
    }

    private static async Task ReadyAsync(IContainer container, Uri readiness)
    {
        using var http = new HttpClient();
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (true)
        {
            try
            {
                using var answer = await http.GetAsync(readiness, bound.Token);
                if (answer.StatusCode == HttpStatusCode.OK)
                    return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }
            catch (OperationCanceledException e)
            {
                var (stdout, stderr) = await container.GetLogsAsync(ct: CancellationToken.None);
                throw new TimeoutException($"The container is not ready: {stdout}{stderr}", e);
            }
            if (!bound.IsCancellationRequested)
                await pause.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    private sealed record Node(IContainer Container, Uri Address, TimeSpan ReadyAfter) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Container.DisposeAsync();
    }
}
