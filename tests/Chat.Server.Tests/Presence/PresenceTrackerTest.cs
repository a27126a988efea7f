using Chat.Contracts;
using Chat.Server.Presence;

namespace Chat.Server.Tests.Presence;

/// <summary>A node whose tracker runs.</summary>
/// <param name="isAlone">See <see cref="PresenceScene.StartAsync"/>.</param>
public abstract class PresenceTrackerTest(bool isAlone) : IAsyncLifetime
{
    private PresenceScene _scene = null!;
    private PresenceTracker _tracker = null!;

    private protected static VisitorId Vera { get; } = new(Guid.CreateVersion7());

    private protected PresenceScene Scene => _scene;

    private protected PresenceTracker Tracker => _tracker;

    public async ValueTask InitializeAsync()
    {
        _scene = await PresenceScene.StartAsync(isAlone);
        _tracker = _scene.Get<PresenceTracker>();
        await _tracker.StartAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _tracker.StopAsync(CancellationToken.None);
        await _scene.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
