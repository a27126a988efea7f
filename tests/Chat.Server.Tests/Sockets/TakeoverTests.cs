using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Chat.Server.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Chat.Server.Tests.Sockets;

/// <summary>Sockets that answer with what they are sent, on a Kestrel of their own.</summary>
public sealed class TakeoverTests : IAsyncDisposable
{
    private static readonly TimeSpan HeadTimeout = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<WeakReference> _ofRequests = [];
    private WebApplication? _server;
    private bool _wasTaken;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_socket_lives_on_and_nothing_is_left_of_its_request()
    {
        var address = await StartAsync();
        using var socket = await ConnectAsync(address);
        Assert.Equal("one", await EchoAsync(socket, "one"));

        await GoneAsync();

        Assert.Equal("two", await EchoAsync(socket, "two"));
        Assert.False(_ended.Task.IsCompleted);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Token);
        await _ended.Task.WaitAsync(Token);
    }

    [Fact]
    public async Task A_connection_that_is_cut_ends_its_socket()
    {
        var address = await StartAsync();
        using var socket = await ConnectAsync(address);
        await EchoAsync(socket, "one");

        socket.Abort();

        await _ended.Task.WaitAsync(Token);
    }

    [Fact]
    public async Task What_came_right_behind_the_request_is_not_lost()
    {
        var address = await StartAsync();
        using var client = await OpenAsync(address);
        var head =
            $"GET / HTTP/1.1\r\nHost: {address.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";
        // A text of two letters, masked with zeros.
        byte[] frame = [0x81, 0x82, 0, 0, 0, 0, (byte)'h', (byte)'i'];

        await client.SendAsync((byte[])[.. Encoding.ASCII.GetBytes(head), .. frame], Token);

        // Who does not wait for the answer may have an echo before it.
        await ReadUntilAsync(client, "101 Switching Protocols", "\r\n\r\n", "\u0081\u0002hi");
    }

    [Fact]
    public async Task The_timeouts_of_HTTP_hold_until_then_and_no_longer()
    {
        var address = await StartAsync();
        using var socket = await ConnectAsync(address);
        using var slow = await OpenAsync(address);
        await slow.SendAsync("GET / HTTP/1.1\r\n"u8.ToArray(), Token);

        Assert.Contains("408", await ReadUntilAsync(slow, "\r\n\r\n"), StringComparison.Ordinal);
        Assert.Equal("still there", await EchoAsync(socket, "still there"));
    }

    [Fact]
    public async Task Under_TLS_a_socket_lives_in_its_request()
    {
        using var certificate = SelfSigned();
        var address = await StartAsync(certificate);
        using var socket = await ConnectAsync(address, certificate);

        Assert.Equal("one", await EchoAsync(socket, "one"));
        Assert.False(_wasTaken);
    }

    private async Task<Uri> StartAsync(X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.RequestHeadersTimeout = HeadTimeout;
            kestrel.ConfigureEndpointDefaults(Takeover.Offer);
            kestrel.Listen(IPAddress.Loopback, 0, port => Encrypt(port, certificate));
        });
        _server = builder.Build();
        _server.Use(
            (context, next) =>
            {
                Takeover.Offer(context);
                return next(context);
            }
        );
        _server.UseWebSockets();
        _server.Run(LiveAsync);
        await _server.StartAsync(Token);
        return new Uri(
            _server.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single()
        );
    }

    private async Task LiveAsync(HttpContext context)
    {
        _ofRequests.Add(new WeakReference(context));
        _ofRequests.Add(new WeakReference(context.Features.Get<IHttpRequestFeature>()));
        var accepted = await context.WebSockets.AcceptWebSocketAsync();
        if (context.Features.Get<Takeover>() is { Taken: { } bytes } takeover)
        {
            _wasTaken = true;
            var socket = WebSocket.CreateFromStream(bytes, new WebSocketCreationOptions { IsServer = true });
            takeover.Continue(_ => EchoAllAsync(socket));
            takeover.Finally(_ended.SetResult);
        }
        else
            await EchoAllAsync(accepted);
    }

    /// <summary>The request ends beside what the client sees of it.</summary>
    private async Task GoneAsync()
    {
        for (var tries = 0; _ofRequests.Exists(one => one.IsAlive); tries++)
        {
            Assert.True(tries < 1000, "Something holds the request.");
            await Task.Yield();
            GC.Collect();
        }
    }

    private static void Encrypt(ListenOptions port, X509Certificate2? certificate)
    {
        if (certificate is not null)
            port.UseHttps(certificate);
    }

    private static async Task EchoAllAsync(WebSocket socket)
    {
        using var ended = socket;
        var buffer = new byte[256];
        try
        {
            while (await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None) is { MessageType: WebSocketMessageType.Text } said)
                await socket.SendAsync(
                    buffer.AsMemory(0, said.Count),
                    WebSocketMessageType.Text,
                    endOfMessage: true,
                    CancellationToken.None
                );
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        }
        catch (WebSocketException)
        {
            // Cut off.
        }
    }

    private static async Task<ClientWebSocket> ConnectAsync(Uri address, X509Certificate2? certificate = null)
    {
        var socket = new ClientWebSocket();
        socket.Options.RemoteCertificateValidationCallback = (_, shown, _, _) =>
            shown?.GetCertHashString() == certificate?.GetCertHashString();
        await socket.ConnectAsync(new UriBuilder(address) { Scheme = address.Scheme == Uri.UriSchemeHttps ? "wss" : "ws" }.Uri, Token);
        return socket;
    }

    private static async Task<string> EchoAsync(ClientWebSocket socket, string text)
    {
        await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, Token);
        var buffer = new byte[256];
        var received = await socket.ReceiveAsync(buffer.AsMemory(), Token);
        return Encoding.UTF8.GetString(buffer, 0, received.Count);
    }

    private static async Task<Socket> OpenAsync(Uri address)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(address.Host, address.Port, Token);
        return socket;
    }

    private static async Task<string> ReadUntilAsync(Socket socket, params string[] parts)
    {
        var text = "";
        var buffer = new byte[1024];
        while (!parts.All(part => text.Contains(part, StringComparison.Ordinal)))
        {
            var count = await socket.ReceiveAsync(buffer, Token);
            Assert.NotEqual(0, count);
            text += Encoding.Latin1.GetString(buffer, 0, count);
        }
        return text;
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
