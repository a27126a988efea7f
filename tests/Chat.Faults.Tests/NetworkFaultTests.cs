using Chat.Testing.Processes;
using StackExchange.Redis;

namespace Chat.Faults.Tests;

/// <summary>
/// What no proxy can do: packets that are dropped, so that a connection neither opens nor ends, and names that lead nowhere.
/// </summary>
public sealed class NetworkFaultTests
{
    // As systems have it: 5 s for an answer, asked for twice. Nodes give up a connection to PostgreSQL after 5 s.
    private static readonly string Patience = FaultScene.IsLong ? "" : "options timeout:1 attempts:2\n";

    [Fact]
    public Task Dropped_packets_and_lost_names_restart_nothing_and_lose_nothing() =>
        OwnNetwork.RunAsync(
            typeof(InNamespace),
            InNamespace.Count,
            ("resolv.conf", $"nameserver 127.0.0.1\nsearch .\n{Patience}"),
            ("nsswitch.conf", "hosts: files dns\n")
        );

    public sealed class InNamespace(NetworkScene fixture) : IClassFixture<NetworkScene>
    {
        public const int Count = 6;

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

        [Fact(Explicit = true)]
        public Task Names_that_do_not_exist() =>
            LoseNamesAsync(NameAnswer.Missing, ("chat_dependency_up", Broken: 0, Mended: 2), "Name or service not known");

        [Theory(Explicit = true)]
        [InlineData(NameAnswer.None)]
        [InlineData(NameAnswer.Stale)]
        public Task Names_that_are_not_answered_or_stale(NameAnswer answer) =>
            LoseNamesAsync(answer, ("chat_bus_up", Broken: 0, Mended: 1));

        /// <summary>The names first, and then the connections: those who have one need no name.</summary>
        private async Task LoseNamesAsync(NameAnswer answer, (string Name, double Broken, double Mended) metric, string? line = null)
        {
            var pair = await _scene.AddPairAsync($"{answer}");
            await _scene.EndureAsync(
                async () =>
                {
                    fixture.Names.Answer = answer;
                    await pair.PingAsync();
                    var asked = Task.WhenAll(
                        fixture.Names.AskedAsync(NetworkScene.PostgresHost),
                        fixture.Names.AskedAsync(NetworkScene.RedisHost)
                    );
                    _scene.DatabaseProxy.CutAll();
                    await CutRedisAsync();
                    await asked;
                    if (line is not null)
                        await Task.WhenAll(_scene.Cluster.Nodes.Select(node => node.WaitForLineAsync(line)));
                    if (FaultScene.IsLong)
                        await Task.Delay(TimeSpan.FromSeconds(15));
                },
                () =>
                {
                    fixture.Names.Answer = NameAnswer.Right;
                    return Task.CompletedTask;
                },
                metric
            );
        }

        private async Task CutRedisAsync()
        {
            await using var redis = await ConnectionMultiplexer.ConnectAsync(fixture.Redis.Configuration + ",allowAdmin=true");
            var server = redis.GetServers()[0];
            var ofNodes = (await server.ClientListAsync()).Where(c => c.Name?.StartsWith("chat-", StringComparison.Ordinal) == true);
            foreach (var connection in ofNodes)
                await server.ClientKillAsync(connection.Id);
        }

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

/// <summary>A scene that is alone in its network, and whose nodes know PostgreSQL and Redis by name.</summary>
public sealed class NetworkScene : SceneFixture
{
    public const string PostgresHost = "postgres.test";
    public const string RedisHost = "redis.test";

    internal NameServer Names { get; private set; } = null!;

    private protected override bool IsNeeded => OwnNetwork.IsHere;

    private protected override (string Postgres, string Redis) Hosts => (PostgresHost, RedisHost);

    private protected override IReadOnlyDictionary<string, string?> Settings { get; } =
        new Dictionary<string, string?>(StringComparer.Ordinal) { ["RateLimits__ChangesPerSecond"] = "100" };

    public override async ValueTask InitializeAsync()
    {
        if (IsNeeded)
            Names = NameServer.Start();
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Names?.Dispose();
    }
}
