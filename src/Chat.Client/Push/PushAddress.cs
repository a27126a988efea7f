using Chat.Contracts;

namespace Chat.Client;

/// <summary>Where this device is woken. Kept until the server knows, and told again for another visitor.</summary>
internal sealed class PushAddress(ClientParts parts)
{
    /// <summary>Keeps an address, or that there is none any more, and tells the server if it is connected.</summary>
    public async Task SetAsync(string platform, string token, CancellationToken cancellationToken)
    {
        await parts.LoadAsync(cancellationToken);
        var known = parts.Model.Account.PushDevice;
        if ((known?.Platform ?? "", known?.Token ?? "") == (platform, token))
            return;
        await parts.Model.Account.SetPushDeviceAsync(new SavedDevice(platform, token, ToldFor: null));
        if (parts.Loop.Link is { } link)
            await TellAsync(link, cancellationToken);
    }

    /// <summary>Tells the server, unless it knows. What cannot be told now is told on the next connection.</summary>
    public async Task TellAsync(ILink link, CancellationToken cancellationToken)
    {
        var visitor = parts.Model.Account.Session?.VisitorId;
        if (parts.Model.Account.PushDevice is not { } device || (!device.IsGone && device.ToldFor == visitor))
            return;
        try
        {
            await TellAsync(link, device, cancellationToken);
        }
        catch (ChatException)
        {
            return;
        }
        // Another one may have been given meanwhile, and is told by itself.
        if (parts.Model.Account.PushDevice == device)
            await parts.Model.Account.SetPushDeviceAsync(device.IsGone ? null : device with { ToldFor = visitor });
    }

    private async Task TellAsync(ILink link, SavedDevice device, CancellationToken cancellationToken)
    {
        if (device.IsGone)
        {
            await parts.RestAsync<object?>(HttpMethod.Delete, $"me/devices/{parts.Model.Account.DeviceId}", body: null, cancellationToken);
            return;
        }
        var request = new RegisterDevice(device.Platform, device.Token);
        await link.CallAsync<object?>(nameof(IVisitorHub.RegisterDevice), request, cancellationToken);
    }
}
