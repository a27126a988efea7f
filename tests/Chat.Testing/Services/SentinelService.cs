using System.Globalization;
using Chat.Testing.Processes;

namespace Chat.Testing.Services;

/// <summary>A Redis master with one replica, watched by one Sentinel that needs no other vote.</summary>
public sealed class SentinelService : IAsyncDisposable
{
    private const string ServiceName = "chat";

    private readonly RedisServer _master;
    private readonly RedisServer _replica;
    private readonly ChildProcess _sentinel;
    private readonly string _folder;

    private SentinelService(RedisServer master, RedisServer replica, ChildProcess sentinel, string folder, int sentinelPort)
    {
        _master = master;
        _replica = replica;
        _sentinel = sentinel;
        _folder = folder;
        MasterPort = master.Port;
        Configuration = $"127.0.0.1:{sentinelPort},serviceName={ServiceName}";
    }

    public int MasterPort { get; private set; }

    /// <summary>For StackExchange.Redis: the Sentinel's address and the name of the service.</summary>
    public string Configuration { get; }

    public static async Task<SentinelService> StartAsync()
    {
        if (!RedisServer.IsInstalled || Binaries.OnPath("redis-sentinel") is not { } program)
        {
            throw Binaries.NotInstalled("redis-server and redis-sentinel");
        }
        var master = await RedisServer.StartAsync("--repl-diskless-sync-delay", "0");
        var replica = await RedisServer.StartAsync("--replicaof", $"127.0.0.1 {master.Port}");
        // A Sentinel asks a master for its replicas every ten seconds only: the replica must be there before the first question.
        await replica.Process.WaitForLineAsync("sync: Finished with success");

        var folder = Binaries.CreateFolder("chat-sentinel-");
        var port = FreePort.Next();
        var settings = Path.Combine(folder, "sentinel.conf");
        await File.WriteAllTextAsync(
            settings,
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                port {port}
                bind 127.0.0.1
                dir {folder}
                sentinel monitor {ServiceName} 127.0.0.1 {master.Port} 1
                sentinel down-after-milliseconds {ServiceName} 1000
                sentinel failover-timeout {ServiceName} 5000

                """
            )
        );
        var sentinel = ChildProcess.Start([program, settings]);
        await sentinel.WaitForLineAsync("+slave slave");
        return new SentinelService(master, replica, sentinel, folder, port);
    }

    /// <summary>Completes when the Sentinel has made the replica the master. Once per instance.</summary>
    public async Task KillMasterAsync()
    {
        await _master.Process.KillAsync();
        await _sentinel.WaitForLineAsync($"+switch-master {ServiceName} 127.0.0.1 {_master.Port} 127.0.0.1 {_replica.Port}");
        MasterPort = _replica.Port;
    }

    public async ValueTask DisposeAsync()
    {
        await _sentinel.DisposeAsync();
        await _replica.DisposeAsync();
        await _master.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
