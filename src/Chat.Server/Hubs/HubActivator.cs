using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Hubs;

/// <summary>
/// Makes the hub of a call. SignalR's own is scoped, and a scope that has to remember something makes a dictionary for each call; what our hubs take
/// are singletons, and hubs hold nothing to be disposed of.
/// </summary>
internal sealed class HubActivator<THub>(IServiceProvider services) : IHubActivator<THub>
    where THub : Hub
{
    private readonly ObjectFactory<THub> _create = ActivatorUtilities.CreateFactory<THub>([]);

    public THub Create() => _create(services, null);

    public void Release(THub hub) { }
}
