using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Chat.Server.Sockets;

/// <summary>
/// An upgrade whose connection is written to at the socket itself. Kestrel's own way is a pipe and a change of thread for each write, which is most of
/// what a push costs.
/// </summary>
internal sealed class DirectUpgrade(IHttpUpgradeFeature upgrade, Socket socket) : IHttpUpgradeFeature
{
    public bool IsUpgradableRequest => upgrade.IsUpgradableRequest;

    /// <summary>From here on upgrades of this request are direct, unless there is more than a bare socket under it.</summary>
    public static void Offer(HttpContext context)
    {
        var features = context.Features;
        if (
            features.Get<IHttpUpgradeFeature>() is { } upgrade
            && features.Get<IConnectionSocketFeature>()?.Socket is { } socket
            && features.Get<ITlsConnectionFeature>() is null
        )
            features.Set<IHttpUpgradeFeature>(new DirectUpgrade(upgrade, socket));
    }

    // Kestrel writes the head of the response; a client sends nothing before it has that, and nothing is pushed to it before it has sent something.
    public async Task<Stream> UpgradeAsync() => new DirectStream(await upgrade.UpgradeAsync(), socket);
}
