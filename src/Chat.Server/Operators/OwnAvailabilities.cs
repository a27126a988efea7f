using Chat.Contracts;
using Chat.Server.Delivery;
using Chat.Server.Identity;

namespace Chat.Server.Operators;

/// <summary>An operator says whether he takes conversations; his colleagues hear it.</summary>
internal sealed class OwnAvailabilities(AvailabilityStore store, OperatorStates states, StaffPushes pushes)
{
    private const int MaxCapacity = 100;

    public async Task<Outcome<Done>> SetAsync(Caller caller, SetAvailability request, CancellationToken cancellation)
    {
        if (request.Capacity is < 1 or > MaxCapacity)
            return Refusal.Of("capacity", FieldFault.OutOfRange);
        var id = caller.OperatorId;
        if (await store.SetAsync(id, request.Availability, request.Capacity, cancellation) is not { } now)
            return ErrorCode.Forbidden;
        pushes.Publish(new OperatorChange(id, now.Availability, now.Capacity, await states.IsOnlineAsync(id, cancellation)));
        return default(Done);
    }
}
