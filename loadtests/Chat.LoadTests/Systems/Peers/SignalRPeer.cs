using System.Globalization;
using Chat.LoadTests.Load;
using Chat.LoadTests.Sockets;

namespace Chat.LoadTests.Systems.Peers;

/// <summary>Stock SignalR with its stock Redis backplane.</summary>
internal sealed class SignalRPeer : PeerSystem
{
    public override string Name => "signalr";

    public override Dialect Dialect { get; } = new HubDialect(hasSeqs: false);

    // In a folder of its own, since its packages are of other versions. The last two parts of ours are the configuration and the framework.
    protected override (IReadOnlyList<string> Command, string? Folder) Program =>
        (["dotnet", "Chat.Peers.SignalR.dll"], Path.Combine([PeerFolder.Of("Chat.Peers.SignalR"), "bin", .. Built()]));

    public override async Task<double?> CollectAsync(CancellationToken cancellation)
    {
        using var http = new HttpClient();
        var sum = 0.0;
        foreach (var node in Nodes)
            sum += double.Parse(await http.GetStringAsync(new Uri(node, "heap"), cancellation), CultureInfo.InvariantCulture);
        return sum;
    }

    protected override WebSocketLink Connect(string user, Uri node, IReadOnlyList<string> conversations)
    {
        var link = HubCalls.Connect(node, "/chat", Token(user));
        link.Call("Join", $"[{string.Join(',', conversations.Select(id => $"\"{id}\""))}]");
        return link;
    }

    private static string[] Built() =>
        AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar).Split(Path.DirectorySeparatorChar)[^2..];
}
