using Chat.Testing.Processes;
using Testcontainers.Redis;

namespace Chat.Testing.Services;

/// <summary>Redis for tests: one shared server per test process, or an own one that a fault test may break.</summary>
public sealed class RedisService : IAsyncDisposable
{
    private const string Variable = "CHAT_TEST_REDIS";

    private static readonly Lock Gate = new();
    private static Task<RedisService>? _shared;

    private readonly RedisServer? _own;

    private RedisService(string configuration, RedisServer? own)
    {
        Configuration = configuration;
        _own = own;
    }

    /// <summary>For StackExchange.Redis, such as <c>127.0.0.1:port</c>.</summary>
    public string Configuration { get; }

    private RedisServer Own => _own ?? throw new InvalidOperationException("Only a server of StartOwnAsync may be broken.");

    /// <summary>Started once, on first use; ends with the test process. Tests keep apart by their own channel and key prefixes.</summary>
    public static Task<RedisService> SharedAsync()
    {
        lock (Gate)
        {
            return _shared ??= StartSharedAsync();
        }
    }

    /// <summary>A private server from the binaries of this machine.</summary>
    public static async Task<RedisService> StartOwnAsync()
    {
        if (!RedisServer.IsInstalled)
        {
            throw Binaries.NotInstalled("redis-server");
        }
        return Private(await RedisServer.StartAsync());
    }

    public Task KillAsync() => Own.Process.KillAsync();

    /// <summary>Starts it empty on the same port, after a kill if it still runs.</summary>
    public Task RestartAsync() => Own.RestartAsync();

    /// <summary>SIGSTOP: connections stay open and nothing answers.</summary>
    public Task PauseAsync() => Signals.StopTreeAsync(Own.Process.Id);

    public Task ResumeAsync()
    {
        Signals.ContinueTree(Own.Process.Id);
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => Own.DisposeAsync();

    private static async Task<RedisService> StartSharedAsync()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given)
        {
            return new RedisService(given, own: null);
        }
        var (container, why) = await Docker.TryStartAsync(() => new RedisBuilder("redis:7").WithLogger(Docker.Silent).Build());
        if (container is not null)
        {
            return new RedisService(container.GetConnectionString(), own: null);
        }
        return RedisServer.IsInstalled
            ? Private(await RedisServer.StartAsync())
            : throw Binaries.NoWay("Redis", Variable, why, "redis-server");
    }

    private static RedisService Private(RedisServer server) => new($"127.0.0.1:{server.Port}", server);
}
