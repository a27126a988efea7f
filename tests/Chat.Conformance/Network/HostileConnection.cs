using System.Net;
using System.Net.Sockets;

namespace Chat.Conformance.Network;

/// <summary>One connection through the proxy. Its pumps do what the weather says at each piece of data.</summary>
internal sealed class HostileConnection(Socket client, int targetPort, Weather weather, Random random) : IDisposable
{
    private static readonly byte[] Upgrade = "Upgrade: websocket"u8.ToArray();

    private readonly Socket _server = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly CancellationTokenSource _cut = new();
    private readonly FrameReader _frames = new();

    // Completed at the end of a standstill; pumps wait for it and not for time.
    public required Func<Task> Calm { get; init; }

    public async Task RunAsync()
    {
        try
        {
            client.NoDelay = true;
            await _server.ConnectAsync(new IPEndPoint(IPAddress.Loopback, targetPort), _cut.Token);
            await Task.WhenAny(PumpAsync(client, _server, isFromServer: false), PumpAsync(_server, client, isFromServer: true));
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The end of a connection is what this is for.
        }
        Cut();
    }

    /// <summary>A reset on both sides.</summary>
    public void Cut()
    {
        foreach (var socket in (Socket[])[client, _server])
        {
            try
            {
                _cut.Cancel();
                socket.LingerState = new LingerOption(enable: true, seconds: 0);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // Closed already.
            }
            socket.Dispose();
        }
    }

    public void Dispose()
    {
        Cut();
        _cut.Dispose();
    }

    private async Task PumpAsync(Socket from, Socket to, bool isFromServer)
    {
        var buffer = new byte[16 * 1024];
        while (await from.ReceiveAsync(buffer, _cut.Token) is var count and > 0)
        {
            if (!isFromServer && weather.NoWebSockets && buffer.AsSpan(0, count).IndexOf(Upgrade) >= 0)
                return;
            while (weather.BlackHole || (weather.HalfOpen && isFromServer))
                await Calm().WaitAsync(_cut.Token);
            if (weather.DelayMs is var delay and > 0)
                await Task.Delay(random.Next(delay), _cut.Token);
            if (!isFromServer)
                await SendAsync(to, buffer.AsMemory(0, count));
            else if (!await SendFramesAsync(to, buffer.AsMemory(0, count)))
                return;
        }
    }

    private async Task<bool> SendFramesAsync(Socket to, ReadOnlyMemory<byte> bytes)
    {
        foreach (var (sent, isText) in _frames.Take(bytes.Span))
        {
            var frame = isText && weather.LaterVersion ? LaterVersion.Of(sent) : sent;
            if (isText && OneOf(weather.TruncateOneOf))
            {
                await SendAsync(to, frame.AsMemory(0, frame.Length / 2));
                return false;
            }
            await SendAsync(to, frame);
            if (isText && OneOf(weather.DuplicateOneOf))
                await SendAsync(to, frame);
        }
        return true;
    }

    private async Task SendAsync(Socket to, ReadOnlyMemory<byte> bytes)
    {
        for (var at = 0; at < bytes.Length; )
        {
            var rate = weather.BytesPerSecond;
            var piece = rate == 0 ? bytes.Length - at : Math.Min(rate / 20, bytes.Length - at);
            at += await to.SendAsync(bytes.Slice(at, piece), _cut.Token);
            if (rate > 0)
                await Task.Delay(TimeSpan.FromSeconds((double)piece / rate), _cut.Token);
        }
    }

    private bool OneOf(int many) => many > 0 && random.Next(many) == 0;
}
