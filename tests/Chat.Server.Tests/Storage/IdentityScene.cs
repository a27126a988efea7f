using Chat.Contracts;
using Chat.Server.Identity;
using Chat.Server.Visitors;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Chat.Server.Tests.Storage;

/// <summary>A node that identifies visitors, and what it tells of it.</summary>
internal sealed class IdentityScene
{
    private readonly VisitorStore _visitors;

    public IdentityScene(LogStore store)
    {
        var options = Options.Create(new IdentityOptions());
        Ends = new SessionEnds(options, TimeProvider.System);
        Ends.Ended += _ => Told++;
        var families = new RefreshFamilies(
            store.Database,
            new RefreshTokens(new MasterKey(new byte[MasterKey.Size])),
            Ends,
            options,
            TimeProvider.System,
            NullLogger<RefreshFamilies>.Instance
        );
        _visitors = new VisitorStore(store.Database, families, TimeProvider.System);
    }

    public SessionEnds Ends { get; }

    /// <summary>How often other nodes were told.</summary>
    public int Told { get; private set; }

    /// <summary>The first token of the scene's visitor.</summary>
    public static RefreshToken Anonymous(LogScene scene) =>
        new(
            RefreshKind.Visitor,
            scene.VisitorId.Value,
            scene.Inbox.Value,
            Guid.NewGuid(),
            Guid.NewGuid(),
            1,
            TimeProvider.System.GetUtcNow().AddDays(1)
        );

    /// <summary>The site names the visitor who has this token.</summary>
    public Task<VisitorId> IdentifyAsync(LogScene scene, RefreshToken token) =>
        _visitors.IdentifyAsync(
            scene.Inbox,
            new HostIdentity($"customer of {scene.VisitorId}", "Vera", Guid.Empty),
            token,
            CancellationToken.None
        );
}
