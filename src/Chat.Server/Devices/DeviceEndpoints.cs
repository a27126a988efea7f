using System.ComponentModel;
using Chat.Contracts;
using Chat.Server.Api;
using Chat.Server.Identity;

namespace Chat.Server.Devices;

/// <summary><c>/api/v1/me/devices</c>.</summary>
internal static class DeviceEndpoints
{
    private const string Path = "/me/devices/{deviceId:guid}";

    public static void Map(IEndpointRouteBuilder api)
    {
        var devices = api.ServiceProvider.GetRequiredService<OwnDevices>();
        var group = api.MapGroup("").RequireAuthorization(Policies.Visitor).Refuses(ErrorCode.Forbidden).WithTags("Devices");
        group
            .MapPut(
                Path,
                async ([Description("The device, as in its session.")] Guid deviceId, RegisterDevice body, HttpContext context) =>
                    ApiResult.Of(await devices.RegisterAsync(context.Call(CancellationToken.None), deviceId, body))
            )
            .WithMetadata(new ApiCalls.Change())
            .Produces(StatusCodes.Status204NoContent)
            .Refuses(ErrorCode.Invalid, ErrorCode.TooLarge, ErrorCode.NotFound)
            .Describe("RegisterDevice", "Wakes this device for messages that it does not have.");
        group
            .MapDelete(
                Path,
                async ([Description("The device, as in its session.")] Guid deviceId, HttpContext context) =>
                    ApiResult.Of(await devices.RemoveAsync(context.Call(CancellationToken.None), deviceId))
            )
            .WithMetadata(new ApiCalls.Change())
            .Produces(StatusCodes.Status204NoContent)
            .Describe("RemoveDevice", "Wakes this device no longer.");
    }
}
