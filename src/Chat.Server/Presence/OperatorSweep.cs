using Chat.Contracts;
using Chat.Server.Bus;
using Chat.Server.Delivery;
using Chat.Server.Inboxes;

namespace Chat.Server.Presence;

/// <summary>
/// Keeps what was told of operators true. The first node to see that it is not tells everybody, and the others find nothing left to tell.
/// </summary>
internal sealed class OperatorSweep(
    IInboxDirectory directory,
    Connections connections,
    PresenceNotices notices,
    StaffPushes pushes,
    IPresence presence
)
{
    private bool _hasLooked;

    public async Task SweepAsync(CancellationToken cancellation)
    {
        var all = directory.All.SelectMany(inbox => directory.MembersOf(inbox.Id)).Select(member => member.Id).ToHashSet();
        // Who has lost every inbox was told to be here, too.
        all.UnionWith(pushes.Told.Online);
        if (await presence.LookAsync([.. all.Select(id => id.Value)], cancellation) is not { } here)
            return;
        var (came, left) = pushes.Told.Compare(all, all.Where(id => here.Contains(id.Value)).ToHashSet());
        foreach (var id in came)
        {
            // Of those who were there before this node the others have told.
            if (_hasLooked || connections.Has(id.Value))
                await TellAsync(id, online: true, cancellation);
            else
                pushes.Told.Note(id, online: true);
        }
        _hasLooked = true;
        foreach (var id in left)
            await TellAsync(id, online: false, cancellation);
    }

    private Task TellAsync(OperatorId id, bool online, CancellationToken cancellation) =>
        notices.TryAsync(c => notices.OperatorAsync(id, online, c), cancellation);
}
