using Chat.Testing.Services;

namespace Chat.Faults.Tests;

/// <summary>A scene that several tests share, since it takes seconds to set up; each leaves it healed.</summary>
public abstract class SceneFixture : IAsyncLifetime
{
    internal FaultScene Scene { get; private set; } = null!;

    internal RedisService Redis { get; private set; } = null!;

    /// <summary>Environment of the nodes besides the scene's own.</summary>
    private protected abstract IReadOnlyDictionary<string, string?> Settings { get; }

    /// <summary>How the nodes call the machines of PostgreSQL and of Redis.</summary>
    private protected virtual (string Postgres, string Redis) Hosts => ("127.0.0.1", "127.0.0.1");

    /// <summary>Fixtures are made even where none of their tests runs.</summary>
    private protected virtual bool IsNeeded => true;

    public virtual async ValueTask InitializeAsync()
    {
        if (!IsNeeded)
            return;
        Redis = await RedisService.StartOwnAsync();
        Scene = await FaultScene.StartAsync($"{Hosts.Redis}:{Redis.Configuration.Split(':')[1]}", Settings, Hosts.Postgres);
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (!IsNeeded)
            return;
        await Scene.DisposeAsync();
        await Redis.DisposeAsync();
    }
}

/// <summary>The scene of all classes that need nothing of their own.</summary>
[CollectionDefinition]
public sealed class SharedScene : SceneFixture, ICollectionFixture<SharedScene>
{
    private protected override IReadOnlyDictionary<string, string?> Settings { get; } =
        new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Drain__Window"] = "00:00:01",
            ["Drain__CloseAfter"] = "00:00:01",
            ["RateLimits__ChangesPerSecond"] = "100",
            ["RateLimits__ChangesBurst"] = "200",
        };
}
