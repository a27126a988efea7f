using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Chat.Contracts;
using Chat.Server.Delivery;
using Chat.Server.Hosting;
using Chat.Server.Identity;
using Chat.Server.Sockets;
using Chat.Testing.Clients;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Chat.Server.Tests.Sockets;

/// <summary>A connection as SignalR has it, at one end of a TCP connection, and what a client may write at the other.</summary>
internal sealed class OpenedSocket : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TcpClient _client;
    private readonly Socket _socket;
    private readonly ServiceProvider _services;
    private readonly WebSocket _reading;

    private OpenedSocket(TcpClient client, WebSocket server, DirectStream bytes, FrameRoom room)
    {
        (_client, _socket) = (client, client.Client);
        _reading = WebSocket.CreateFromStream(client.GetStream(), new WebSocketCreationOptions { IsServer = false });
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSignalR(hub =>
        {
            hub.MaximumReceiveMessageSize = Limits.FrameBytes;
            hub.ClientTimeoutInterval = TimeSpan.FromDays(1);
        });
        _services = services.BuildServiceProvider();
        var caller = new Caller(ActorKind.Visitor, Guid.NewGuid(), null, OperatorRole.Operator, default, DateTimeOffset.MaxValue);
        Connection = new OpenSockets(room, new OutgoingBytes(Options.Create(new OutgoingOptions())), Options.Create(new RateLimits())).Add(
            server,
            caller,
            "1",
            _client.Close,
            bytes
        );
        Hub = LiveAsync();
    }

    public SocketConnection Connection { get; }

    /// <summary>SignalR's work with the connection.</summary>
    public Task Hub { get; }

    public static async Task<OpenedSocket> OpenAsync(FrameRoom? room = null)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var dialled = new TcpClient();
        await dialled.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        var accepted = await listener.AcceptTcpClientAsync();
        var bytes = new DirectStream(accepted.GetStream(), accepted.Client);
        var server = WebSocket.CreateFromStream(bytes, new WebSocketCreationOptions { IsServer = true, KeepAliveInterval = TimeSpan.Zero });
        return new OpenedSocket(dialled, server, bytes, room ?? Room());
    }

    public static FrameRoom Room(long bytes = 1 << 24) => new(Options.Create(new SocketOptions { UnfinishedBytes = bytes }));

    public async Task ShakeHandsAsync()
    {
        await SendAsync(WireSocket.Record("""{"protocol":"json","version":1}"""));
        Assert.Equal("{}", await ReceiveAsync());
    }

    /// <summary>A method that there is not is answered like any.</summary>
    public async Task CallAsync()
    {
        await SendAsync(WireSocket.Record("""{"type":1,"invocationId":"1","target":"None","arguments":[]}"""));
        Assert.Contains("\"type\":3", await ReceiveAsync(), StringComparison.Ordinal);
    }

    public Task SendAsync(params IEnumerable<WireFrame> frames) => SendAsync(WireFrame.ToBytes(frames));

    public async Task SendAsync(byte[] bytes) => await _client.GetStream().WriteAsync(bytes);

    /// <summary>The next record, or null when there is none any more.</summary>
    public async Task<string?> ReceiveAsync()
    {
        var bytes = new ArrayBufferWriter<byte>();
        while (await _reading.ReceiveAsync(bytes.GetMemory(4096), CancellationToken.None).AsTask().WaitAsync(Patience) is var received)
        {
            if (received.MessageType == WebSocketMessageType.Close)
                return null;
            bytes.Advance(received.Count);
            if (received.EndOfMessage)
                break;
        }
        return Encoding.UTF8.GetString(bytes.WrittenSpan).TrimEnd('\u001e');
    }

    public void Beat(int seconds)
    {
        for (var i = 0; i < seconds; i++)
            Connection.Beat(DateTimeOffset.MinValue);
    }

    /// <summary>Seconds go by until a record comes. While nobody listens they do not count.</summary>
    public async Task<string?> BeatUntilReceivedAsync()
    {
        var next = ReceiveAsync();
        while (!next.IsCompleted)
        {
            Beat(1);
            await Task.Yield();
        }
        return await next;
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        await Hub.WaitAsync(Patience);
        await _services.DisposeAsync();
    }

    private async Task LiveAsync()
    {
        using var ended = Connection;
        await _services.GetRequiredService<HubConnectionHandler<EmptyHub>>().OnConnectedAsync(Connection);
        await Connection.CloseAsync(WebSocketCloseStatus.NormalClosure, TimeSpan.FromSeconds(5));
    }

    private sealed class EmptyHub : Hub;
}
