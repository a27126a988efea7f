using System.Globalization;
using System.Text.Json;
using Chat.LoadTests.Load;
using Chat.LoadTests.Sockets;

namespace Chat.LoadTests.Systems.Peers;

/// <summary>Stock SignalR with its stock Redis backplane.</summary>
internal sealed class SignalRPeer : RoomPeer
{
    public override string Name => "signalr";

    public override Dialect Dialect { get; } = new SignalRDialect();

    // In a folder of its own, since its packages are of other versions. The last two parts of ours are the configuration and the framework.
    protected override (IReadOnlyList<string> Command, string? Folder) Program =>
        (["dotnet", "Chat.Peers.SignalR.dll"], Path.Combine([PeerFolder.Of("Chat.Peers.SignalR"), "bin", .. Built()]));

    public override async Task<double?> CollectAsync(CancellationToken cancellation)
    {
        using var http = new HttpClient();
        var sum = 0.0;
        foreach (var node in Addresses)
            sum += double.Parse(await http.GetStringAsync(new Uri(node, "heap"), cancellation), CultureInfo.InvariantCulture);
        return sum;
    }

    public override JsonElement EventOf(ReadOnlySpan<byte> record) =>
        JsonDocument.Parse(record.ToArray()).RootElement.GetProperty("arguments")[0];

    protected override WebSocketLink Greet(string user, Uri node) => HubCalls.Connect(node, "/chat", Token(user));

    protected override JsonElement Call(WebSocketLink link, string method, string argument, ICollection<string> pushes) =>
        link.Call(method, argument, pushes);

    private static string[] Built() =>
        AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar).Split(Path.DirectorySeparatorChar)[^2..];
}

/// <summary>Without positions; a list is the rooms of its conversations.</summary>
internal sealed class SignalRDialect : HubDialect
{
    public override int SeqOf(ReadOnlySpan<byte> record) => 0;

    public override bool IsRow(ReadOnlySpan<byte> record) => IsDelivery(record);
}
