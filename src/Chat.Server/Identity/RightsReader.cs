using Chat.Server.Inboxes;
using Chat.Server.Visitors;

namespace Chat.Server.Identity;

/// <summary>Reads again everything from which this node knows who may do what. The database alone counts: the bus only says when.</summary>
internal sealed class RightsReader(InboxDirectory directory, VisitorBlocks blocks, SigningKeys keys, RefreshFamilies families)
{
    /// <summary>All of it has been read.</summary>
    public event Action? Read;

    public async Task ReadAsync(CancellationToken cancellation)
    {
        await directory.RefreshAsync(cancellation);
        await blocks.RefreshAsync(cancellation);
        await keys.RefreshAsync(cancellation);
        await families.LearnEndsAsync(cancellation);
        Read?.Invoke();
    }
}
