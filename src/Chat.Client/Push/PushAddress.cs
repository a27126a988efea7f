using Chat.Contracts;

namespace Chat.Client;

/// <summary>Where this device is woken. Kept until the server knows, and told again at each start: it may have lost it, and for another visitor it is new.</summary>
internal sealed class PushAddress(ClientParts parts)
{
    // What the server was told by this process, for whom.
    private (SavedDevice Device, VisitorId? Visitor)? _told;

    /// <summary>Keeps an address, or that there is none any more, and tells the server if it is connected.</summary>
    /// <exception cref="ChatException">It is refused as <c>invalid</c>, and not kept.</exception>
    public async Task SetAsync(string platform, string token, CancellationToken cancellationToken)
    {
        await parts.LoadAsync(cancellationToken);
        var device = new SavedDevice(platform, token);
        var known = parts.Model.Account.PushDevice;
        if (known != device && (known is not null || !device.IsGone))
            await parts.Model.Account.SetPushDeviceAsync(device);
        if (parts.Loop.Link is { } link && await TellAsync(link, cancellationToken) is { } refusal)
            throw refusal;
    }

    /// <summary>Tells the server, unless it was told. What cannot be told now is told on the next connection.</summary>
    /// <returns>Why it is refused for good, and forgotten; null: it is not.</returns>
    public async Task<ChatException?> TellAsync(ILink link, CancellationToken cancellationToken)
    {
        var visitor = parts.Model.Account.Session?.VisitorId;
        // Over the connection of another user it would be theirs: theirs ends, and the next one is this visitor's.
        var isTheirs = parts.Me.Value?.Id == visitor?.Value;
        if (!isTheirs || parts.Model.Account.PushDevice is not { } device || _told == (device, visitor))
            return null;
        try
        {
            await TellAsync(link, device, cancellationToken);
        }
        catch (ChatException e) when (e.Code == ErrorCode.Invalid.Code)
        {
            await ForgetAsync(device);
            return e;
        }
        catch (ChatException)
        {
            return null;
        }
        _told = (device, visitor);
        if (device.IsGone)
            await ForgetAsync(device);
        return null;
    }

    // Another one may have been given meanwhile, and is told by itself.
    private Task ForgetAsync(SavedDevice device) =>
        parts.Model.Account.PushDevice == device ? parts.Model.Account.SetPushDeviceAsync(null) : Task.CompletedTask;

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
