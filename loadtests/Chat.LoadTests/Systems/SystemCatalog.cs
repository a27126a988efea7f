using Chat.LoadTests.Runs;
using Chat.LoadTests.Systems.Peers;

namespace Chat.LoadTests.Systems;

/// <summary>The systems by their names on the command line.</summary>
internal static class SystemCatalog
{
    public static IEnumerable<string> Names(Plan plan) => [plan.Target is null ? "chat" : "target", .. plan.Against];

    public static async Task<ISystem> StartAsync(string name, Plan plan, CancellationToken cancellation)
    {
        switch (name)
        {
            case "chat":
                return await ChatSystem.StartAsync(plan.Nodes, plan.Settings, cancellation);
            case "target":
                return new TargetSystem(plan.Target!);
            case "signalr":
                return await StartAsync(new SignalRPeer(), plan, cancellation);
            case "socketio":
                await SocketIoPeer.InstallAsync();
                return await StartAsync(new SocketIoPeer(), plan, cancellation);
            case "ejabberd":
                return await StartAsync(new EjabberdPeer(), plan with { Nodes = 1 }, cancellation);
            default:
                throw new InvalidOperationException($"There is no system \"{name}\".");
        }
    }

    private static async Task<ISystem> StartAsync(PeerSystem peer, Plan plan, CancellationToken cancellation)
    {
        try
        {
            await peer.StartAsync(plan.Nodes, cancellation);
            return peer;
        }
        catch
        {
            await peer.DisposeAsync();
            throw;
        }
    }
}
