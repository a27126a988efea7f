using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Chat.Faults.Tests;

/// <summary>A WebSocket that speaks SignalR by hand, and so can also speak it badly, or stop reading.</summary>
internal sealed class RawClient : IAsyncDisposable
{
    private const char RecordSeparator = '\u001e';

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly ClientWebSocket _socket = new();
    private int _calls;

    private RawClient() { }

    /// <summary>Connects and shakes hands; nothing is read after that.</summary>
    /// <param name="node">The node itself: a proxy would read in our place.</param>
    /// <param name="path">Of the hub.</param>
    /// <param name="token">Access token.</param>
    public static async Task<RawClient> ConnectAsync(Uri node, string path, string token)
    {
        var client = new RawClient();
        var address = new UriBuilder(new Uri(node, path)) { Scheme = "ws", Query = $"access_token={Uri.EscapeDataString(token)}" }.Uri;
        await client._socket.ConnectAsync(address, CancellationToken.None).WaitAsync(Patience);
        await client.SendAsync("""{"protocol":"json","version":1}""");
        await client._socket.ReceiveAsync(new byte[64], CancellationToken.None).WaitAsync(Patience);
        return client;
    }

    public Task SendAsync(string record) =>
        _socket
            .SendAsync(
                Encoding.UTF8.GetBytes(record + RecordSeparator),
                WebSocketMessageType.Text,
                endOfMessage: true,
                CancellationToken.None
            )
            .WaitAsync(Patience);

    public Task CallAsync(string method, string argument) =>
        SendAsync($$"""{"type":1,"invocationId":"{{++_calls}}","target":"{{method}}","arguments":[{{argument}}]}""");

    /// <summary>Reads records until one has the text; returns it. Throws what was read when the connection ends before.</summary>
    public async Task<string> UntilAsync(string text)
    {
        var read = new StringBuilder();
        var buffer = new byte[64 * 1024];
        var utf8 = Encoding.UTF8.GetDecoder();
        var letters = new char[buffer.Length];
        // For all of it: the server's pings would keep a bound on each read from ever being reached.
        using var bound = new CancellationTokenSource(Patience);
        while (true)
        {
            ValueWebSocketReceiveResult received;
            try
            {
                received = await _socket.ReceiveAsync(buffer.AsMemory(), bound.Token);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Ended without \"{text}\": {Tail(read)}", e);
            }
            if (received.MessageType == WebSocketMessageType.Close)
                throw new InvalidOperationException($"Closed without \"{text}\": {Tail(read)}");
            read.Append(letters, 0, utf8.GetChars(buffer.AsSpan(0, received.Count), letters, flush: false));
            var records = read.ToString().Split(RecordSeparator);
            if (records[..^1].FirstOrDefault(r => r.Contains(text, StringComparison.Ordinal)) is { } found)
                return found;
            read.Clear().Append(records[^1]);
        }
    }

    /// <summary>Reads to the end, in whatever way the connection ends.</summary>
    public async Task<string> ReadToEndAsync()
    {
        var read = new StringBuilder();
        var buffer = new byte[64 * 1024];
        try
        {
            while (await _socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None).AsTask().WaitAsync(Patience) is var received)
            {
                if (received.MessageType == WebSocketMessageType.Close)
                    return read.ToString();
                read.Append(Encoding.UTF8.GetString(buffer, 0, received.Count));
            }
        }
        catch (WebSocketException)
        {
            // Cut instead of closed.
        }
        return read.ToString();
    }

    /// <summary>Reads nothing and keeps the connection alive, as a stuck program does whose network is well, until the server has ended it.</summary>
    public async Task UntilCutAsync()
    {
        using var bound = new CancellationTokenSource(Patience);
        using var ping = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        try
        {
            while (await ping.WaitForNextTickAsync(bound.Token))
                await SendAsync("""{"type":6}""");
        }
        catch (Exception e) when (e is WebSocketException or IOException)
        {
            return;
        }
    }

    public static string Json(string text) => JsonSerializer.Serialize(text);

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private static string Tail(StringBuilder read) => read.ToString(Math.Max(0, read.Length - 500), Math.Min(read.Length, 500));
}
