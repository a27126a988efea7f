using Chat.Contracts;
using Chat.Server.Identity;
using Chat.Server.Messages;
using Chat.Server.Messages.Masking;

namespace Chat.Server.Devices;

/// <summary>A visitor says where the device that he calls from is woken, or that it is woken no longer.</summary>
internal sealed class OwnDevices(DeviceStore store)
{
    public async Task<Outcome<Done>> RegisterAsync(Call call, RegisterDevice request)
    {
        if (
            (FindFault("platform", request.Platform, Limits.PlatformLength) ?? FindFault("token", request.Token, Limits.PushTokenLength)) is
            { } refusal
        )
            return refusal;
        if (CardMask.FindsIn(request.Platform))
            return Refusal.Of("platform", FieldFault.Card);
        if (call.Caller.Device is not { } device)
            return Refusal.Of("deviceId", FieldFault.Required, "The caller's session was made for no device.");
        await store.RegisterAsync(call.Caller.InboxId, call.Caller.VisitorId, device.Id, request, call.Cancellation);
        return default(Done);
    }

    private static Refusal? FindFault(string field, string text, int longest)
    {
        if (text.Length == 0)
            return Refusal.Of(field, FieldFault.Blank);
        if (text.Length > longest)
            return Refusal.Of(field, FieldFault.TooLong);
        return TextRules.IsText(text, longest, lines: false) ? null : Refusal.Of(field, FieldFault.Characters);
    }

    /// <summary>Of a route that names the device: a visitor knows no other one.</summary>
    public Task<Outcome<Done>> RegisterAsync(Call call, Guid deviceId, RegisterDevice request) =>
        deviceId == call.Caller.Device?.Id ? RegisterAsync(call, request) : Task.FromResult<Outcome<Done>>(ErrorCode.NotFound);

    /// <summary>Also a device of earlier times, of which there may be none.</summary>
    public async Task<Outcome<Done>> RemoveAsync(Call call, Guid deviceId)
    {
        await store.RemoveAsync(call.Caller.VisitorId, deviceId, call.Cancellation);
        return default(Done);
    }
}
