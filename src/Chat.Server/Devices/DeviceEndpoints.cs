using System.ComponentModel;
using Chat.Contracts;
using Chat.Server.Api;
using Chat.Server.Hosting;
using Chat.Server.Identity;

namespace Chat.Server.Devices;

/// <summary><c>/api/v1/me/devices</c>.</summary>
internal static class DeviceEndpoints
{
    private const string Path = "/me/devices/{deviceId:guid}";

    public static void Map(IEndpointRouteBuilder api)
    {
        var devices = api.ServiceProvider.GetRequiredService<DeviceStore>();
        var group = api.MapGroup("").RequireAuthorization(Policies.Visitor).Refuses(ErrorCode.Forbidden).WithTags("Devices");
        group
            .MapPut(
                Path,
                async ([Description("The device, as in its sessions.")] Guid deviceId, RegisterDevice body, HttpContext context) =>
                {
                    if (FindFault(body) is { } fault)
                        return Problems.Problem(ErrorCode.Invalid, fault);
                    var call = context.Call(CancellationToken.None);
                    await devices.RegisterAsync(call.Caller.VisitorId, deviceId, body, call.Cancellation);
                    return Results.NoContent();
                }
            )
            .Produces(StatusCodes.Status204NoContent)
            .Refuses(ErrorCode.Invalid, ErrorCode.TooLarge)
            .Describe("RegisterDevice", "Wakes this device when there is something that the visitor has not read.");
        group
            .MapDelete(
                Path,
                async ([Description("The device, as in its sessions.")] Guid deviceId, HttpContext context) =>
                {
                    var call = context.Call(CancellationToken.None);
                    await devices.RemoveAsync(call.Caller.VisitorId, deviceId, call.Cancellation);
                    return Results.NoContent();
                }
            )
            .Produces(StatusCodes.Status204NoContent)
            .Describe("RemoveDevice", "Wakes this device no longer.");
    }

    private static string? FindFault(RegisterDevice device) =>
        device.Platform is not { Length: > 0 and <= Limits.PlatformLength } ? $"platform has 1 to {Limits.PlatformLength} characters."
        : device.Token is not { Length: > 0 and <= Limits.PushTokenLength } ? $"token has 1 to {Limits.PushTokenLength} characters."
        : null;
}
