using System.Text.Json;
using Chat.LoadTests.Load;
using Chat.LoadTests.Sockets;
using Chat.Testing.Processes;

namespace Chat.LoadTests.Systems.Peers;

/// <summary>Socket.IO 4 with the Redis adapter and pg, one process for each node.</summary>
internal sealed class SocketIoPeer : RoomPeer
{
    private static readonly string Folder = PeerFolder.Of("socketio");

    public override string Name => "socketio";

    public override Dialect Dialect { get; } = new SocketIoDialect();

    protected override (IReadOnlyList<string> Command, string? Folder) Program => (["node", "server.mjs"], Folder);

    public static async Task InstallAsync()
    {
        if (!Directory.Exists(Path.Combine(Folder, "node_modules")))
            await ChildProcess.RunAsync(["npm", "ci", "--no-audit", "--no-fund"], Folder);
    }

    protected override Dictionary<string, string?> Environment(int port, string redis)
    {
        var environment = base.Environment(port, redis);
        var to = new Npgsql.NpgsqlConnectionStringBuilder(Database);
        environment["POSTGRES"] = $"postgres://{to.Username}@{to.Host}:{to.Port}/{to.Database}";
        return environment;
    }

    public override JsonElement EventOf(ReadOnlySpan<byte> record)
    {
        const int kind = 2;
        return JsonDocument.Parse(record[kind..].ToArray()).RootElement[1];
    }

    protected override WebSocketLink Greet(string user, Uri node)
    {
        var link = WebSocketLink.Connect(node, "/socket.io/?EIO=4&transport=websocket", separator: null);
        try
        {
            Expect(link, "0{");
            link.Send($"40{{\"token\":\"{Token(user)}\"}}");
            Expect(link, "40{");
            return link;
        }
        catch
        {
            link.Dispose();
            throw;
        }
    }

    protected override JsonElement Call(WebSocketLink link, string method, string argument, ICollection<string> pushes)
    {
        const string answer = "430";
        link.Send($"420[\"{method}\",{argument}]");
        while (true)
        {
            var record = link.Next();
            if (record.StartsWith(answer, StringComparison.Ordinal))
                return JsonDocument.Parse(record[answer.Length..]).RootElement[0];
            pushes.Add(record);
        }
    }

    private static void Expect(WebSocketLink link, string start)
    {
        var record = link.Next();
        if (!record.StartsWith(start, StringComparison.Ordinal))
            throw new IOException($"Socket.IO answered {record}");
    }
}

/// <summary>Engine.IO 4 and Socket.IO 5, as text.</summary>
internal sealed class SocketIoDialect : Dialect
{
    /// <summary>A pong: as an answer ahead of its ping it moves the next one.</summary>
    public override byte[] KeepAlive { get; } = WebSocketLink.Frame("3", separator: null);

    public override bool IsAcknowledgement(ReadOnlySpan<byte> record) => record.StartsWith("431["u8);

    public override bool IsDelivery(ReadOnlySpan<byte> record) => record.StartsWith("42[\"event\""u8);

    public override bool IsEphemeral(ReadOnlySpan<byte> record) => record.StartsWith("42[\"ephemeral\""u8);

    public override bool IsRow(ReadOnlySpan<byte> record) => IsDelivery(record);

    public override string? Complaint(ReadOnlySpan<byte> record) =>
        IsAcknowledgement(record) && record.IndexOf("\"status\":\"ok\""u8) < 0 ? $"Not acknowledged: {Text(record)}" : null;

    protected override string Message(string conversation, string id, string body) =>
        $"421[\"send\",{{\"conversationId\":\"{conversation}\",\"clientId\":\"{id}\",\"body\":\"{body}\"}}]";

    protected override string TypingNotice(string conversation) => $"42[\"typing\",{{\"conversationId\":\"{conversation}\"}}]";
}
