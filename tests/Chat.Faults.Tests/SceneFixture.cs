using Chat.Testing.Services;

namespace Chat.Faults.Tests;

/// <summary>The scene that the tests of a class share; each leaves it healed.</summary>
public class SceneFixture : IAsyncLifetime
{
    internal FaultScene Scene { get; private set; } = null!;

    internal RedisService Redis { get; private set; } = null!;

    /// <summary>Environment of the nodes besides the scene's own.</summary>
    private protected virtual IReadOnlyDictionary<string, string?>? Settings => null;

    public async ValueTask InitializeAsync()
    {
        Redis = await RedisService.StartOwnAsync();
        Scene = await FaultScene.StartAsync(Redis.Configuration, Settings);
    }

    public async ValueTask DisposeAsync()
    {
        await Scene.DisposeAsync();
        await Redis.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
