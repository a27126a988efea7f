using Chat.Contracts;
using Chat.Server.Identity;
using Chat.Server.Messages;

namespace Chat.Server.Devices;

/// <summary>A visitor says where the device that he calls from is woken, or that it is woken no longer.</summary>
internal sealed class OwnDevices(DeviceStore store)
{
    public async Task<Outcome<Done>> RegisterAsync(Call call, RegisterDevice request)
    {
        if (request.Platform is not { Length: > 0 } platform || request.Token is not { Length: > 0 } token)
            return ErrorCode.Invalid;
        if (platform.Length > Limits.PlatformLength || token.Length > Limits.PushTokenLength)
            return ErrorCode.TooLarge;
        if (!TextRules.IsText(platform, platform.Length, lines: false) || !TextRules.IsText(token, token.Length, lines: false))
            return ErrorCode.Invalid;
        if (call.Caller.Device is not { } device)
            return ErrorCode.Invalid;
        await store.RegisterAsync(call.Caller.VisitorId, device.Id, request, call.Cancellation);
        return default(Done);
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
