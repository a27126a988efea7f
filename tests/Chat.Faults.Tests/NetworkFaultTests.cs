using Chat.Testing.Processes;

namespace Chat.Faults.Tests;

/// <summary>
/// Packets that are dropped, which no proxy can do: a connection neither opens nor ends. The tests run once more in a process of their own, alone on
/// the loopback of a network namespace, whose rules touch nobody else.
/// </summary>
public sealed class NetworkFaultTests
{
    [Fact]
    public async Task Dropped_packets_restart_nothing_and_lose_nothing()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root makes network namespaces.");
        string[] tests = [Environment.ProcessPath!, "-noLogo", "-noColor", "-explicit", "only", "-class", typeof(InNamespace).FullName!];
        await using var run = ChildProcess.Start(["unshare", "--net", "sh", "-c", "ip link set lo up && exec \"$@\"", "sh", .. tests]);

        var code = await run.Exited.WaitAsync(TimeSpan.FromMinutes(8));

        Assert.True(code == 0, run.Output);
        Assert.Contains($"Total: {InNamespace.Count}", run.Output, StringComparison.Ordinal);
    }

    public sealed class InNamespace(SharedScene fixture) : IClassFixture<SharedScene>
    {
        public const int Count = 3;

        private readonly FaultScene _scene = fixture.Scene;

        [Fact(Explicit = true)]
        public Task PostgreSQL_behind_a_black_hole() =>
            _scene.EndureAsync(
                () => DropAsync($"tcp dport {_scene.DatabaseProxy.Port}", $"tcp sport {_scene.DatabaseProxy.Port}"),
                HealAsync,
                ("chat_dependency_up", Broken: 1, Mended: 2)
            );

        [Fact(Explicit = true)]
        public Task Redis_that_hears_and_is_not_heard() =>
            _scene.EndureAsync(
                () => DropAsync($"tcp sport {fixture.Redis.Configuration.Split(':')[1]}"),
                HealAsync,
                ("chat_bus_up", Broken: 0, Mended: 1)
            );

        [Fact(Explicit = true)]
        public Task A_tenth_of_all_packets_lost() => _scene.EndureAsync(() => DropAsync("numgen random mod 100 < 10"), HealAsync);

        private static async Task DropAsync(params string[] what)
        {
            await NftAsync("add table inet faults");
            await NftAsync("add chain inet faults input { type filter hook input priority 0; }");
            foreach (var packets in what)
                await NftAsync($"add rule inet faults input {packets} drop");
        }

        private static Task HealAsync() => NftAsync("delete table inet faults");

        private static Task NftAsync(string command) => ChildProcess.RunAsync(["nft", command]);
    }
}
