using Chat.Server.Bus;
using Chat.Server.Delivery;

namespace Chat.Server.Inboxes;

/// <summary>After a change of inboxes, operators or teams: it counts here before its answer, and elsewhere as soon as the bus has said so.</summary>
internal sealed class DirectoryChanges(IInboxDirectory directory, Publisher publisher)
{
    private const int Shard = 0;

    public async Task AnnounceAsync()
    {
        // The change is stored: whoever asked for it may be gone.
        await directory.RefreshAsync(CancellationToken.None);
        publisher.Publish(EnvelopeItem.Directory, Shard);
    }
}
