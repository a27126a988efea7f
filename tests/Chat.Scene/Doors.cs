using Chat.Testing.Nodes;

namespace Chat.Scene;

/// <summary>What stands before the nodes in a balancer's place: browsers know a door's address, whichever node is behind it.</summary>
internal sealed class Doors : IAsyncDisposable
{
    private readonly IReadOnlyList<ChatNode> _nodes;
    private readonly List<TcpProxy> _doors;

    public Doors(IReadOnlyList<ChatNode> nodes)
    {
        _nodes = nodes;
        _doors = [.. nodes.Select(node => TcpProxy.Start(node.BaseAddress.Port))];
    }

    public IEnumerable<string> Addresses => _doors.Select(door => $"http://127.0.0.1:{door.Port}");

    /// <summary>Whether it was an order for nodes and doors.</summary>
    public async Task<bool> DoAsync(Order order)
    {
        var (node, door) = (_nodes[order.Node], _doors[order.Door]);
        switch (order.Do)
        {
            case "kill":
                node.Kill();
                await node.WaitForExitAsync();
                return true;
            case "terminate":
                node.Terminate();
                await node.WaitForExitAsync();
                return true;
            case "restart":
                await node.RestartAsync();
                return true;
            case "route":
                door.TargetPort = node.BaseAddress.Port;
                return true;
            case "refuse":
                door.Refuse = true;
                door.CutAll();
                return true;
            case "accept":
                door.Refuse = false;
                return true;
            case "cut":
                door.CutAll();
                return true;
            default:
                return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var door in _doors)
            await door.DisposeAsync();
    }
}
