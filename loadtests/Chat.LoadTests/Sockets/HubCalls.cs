using System.Text.Json;

namespace Chat.LoadTests.Sockets;

/// <summary>SignalR's JSON protocol on a link while it is set up.</summary>
internal static class HubCalls
{
    public const byte RecordSeparator = 0x1e;

    public static WebSocketLink Connect(Uri node, string path, string token)
    {
        var link = WebSocketLink.Connect(node, $"{path}?access_token={token}", RecordSeparator);
        try
        {
            link.Send("{\"protocol\":\"json\",\"version\":1}");
            link.Next();
            return link;
        }
        catch
        {
            link.Dispose();
            throw;
        }
    }

    /// <summary>Calls a method and waits for what it returns; pushes meanwhile are kept aside.</summary>
    public static JsonElement Call(this WebSocketLink link, string method, string argument, ICollection<string>? pushes = null)
    {
        link.Send(Invocation("setup", method, argument));
        while (true)
        {
            var record = link.Next();
            if (record.StartsWith("{\"type\":3", StringComparison.Ordinal))
            {
                var answer = JsonDocument.Parse(record).RootElement;
                if (answer.TryGetProperty("error", out var error))
                    throw new IOException($"{method}: {error.GetString()}");
                return answer.TryGetProperty("result", out var result) ? result : default;
            }
            pushes?.Add(record);
        }
    }

    public static string Invocation(string id, string method, string argument) =>
        $"{{\"type\":1,\"invocationId\":\"{id}\",\"target\":\"{method}\",\"arguments\":[{argument}]}}";
}
