using Chat.Contracts;
using Chat.Server.Bus;
using Chat.Server.Delivery;
using Chat.Server.Identity;
using Chat.Server.Inboxes;

namespace Chat.Server.Operators;

/// <summary>Who of the staff is there, with how much to do: availability and load from the database, connections from presence.</summary>
internal sealed class OperatorStates(AvailabilityStore store, IInboxDirectory directory, IPresence presence, StaffPushes pushes)
{
    /// <summary>Whether some member of the inbox is connected and takes conversations.</summary>
    public async Task<bool> IsSomebodyThereAsync(InboxId inbox, CancellationToken cancellation)
    {
        var online = await OnlineAsync([.. directory.MembersOf(inbox).Select(member => member.Id)], cancellation);
        if (online.Count == 0)
            return false;
        var states = await store.ReadAsync([.. online], cancellation);
        return states.Any(state => state.Availability == Availability.Online);
    }

    /// <summary>The caller and those who share an inbox with him.</summary>
    public async Task<OperatorStateList> ListAsync(Caller caller, CancellationToken cancellation)
    {
        var inboxes = directory.InboxesOf(caller.OperatorId);
        var faces = inboxes.SelectMany(directory.MembersOf).Append(directory.FindOperator(caller.OperatorId)).OfType<OperatorProfile>();
        var colleagues = faces.DistinctBy(face => face.Id).OrderBy(face => face.Name, StringComparer.Ordinal).ToList();
        var online = await OnlineAsync(colleagues.ConvertAll(face => face.Id), cancellation);
        var states = (await store.ReadAsync(colleagues.ConvertAll(face => face.Id.Value), cancellation)).ToDictionary(state => state.Id);
        var load = await store.ReadLoadAsync(inboxes, cancellation);
        return new OperatorStateList([
            .. colleagues
                .Where(face => states.ContainsKey(face.Id))
                .Select(face => new OperatorState(
                    face.Id,
                    face.Name,
                    face.Role,
                    states[face.Id].Availability,
                    states[face.Id].Capacity,
                    load.GetValueOrDefault(face.Id),
                    online.Contains(face.Id.Value),
                    face.Avatar
                )),
        ]);
    }

    /// <summary>Null for an unknown operator.</summary>
    public async Task<OwnAvailability?> FindAsync(OperatorId id, CancellationToken cancellation) =>
        await store.ReadAsync([id.Value], cancellation) is [var state] ? new OwnAvailability(state.Availability, state.Capacity) : null;

    public async Task<bool> IsOnlineAsync(OperatorId id, CancellationToken cancellation) =>
        (await OnlineAsync([id], cancellation)).Count > 0;

    /// <summary>Never fewer than clients were told of: what differs is then told to all of them alike.</summary>
    private async Task<HashSet<Guid>> OnlineAsync(IReadOnlyCollection<OperatorId> operators, CancellationToken cancellation)
    {
        var online = await presence.OnlineAsync([.. operators.Select(id => id.Value)], cancellation);
        return [.. online, .. operators.Where(pushes.Told.IsOnline).Select(id => id.Value)];
    }
}
