using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Chat.Conformance.Network;

/// <summary>One connection through the proxy. Its pumps do what the weather says at each piece of data, and what the rules say at each record.</summary>
internal sealed class HostileConnection(Socket client, int targetPort, Weather weather, Random random) : IDisposable
{
    private static readonly byte[] Upgrade = "Upgrade: websocket"u8.ToArray();
    private static readonly byte[] Compression = "accept-encoding:"u8.ToArray();

    private readonly Socket _server = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly CancellationTokenSource _cut = new();
    private readonly FrameReader _frames = new();
    private readonly ClientReader _requests = new();

    // The pump of the server is not the only one who writes there.
    private readonly SemaphoreSlim _toClient = new(1);
    private readonly ConcurrentDictionary<string, string> _calls = new(StringComparer.Ordinal);
    private string? _swapped;
    private volatile bool _isGreeted;

    // Completed at the end of a standstill; pumps wait for it and not for time.
    public required Func<Task> Calm { get; init; }

    public required Rules Rules { get; init; }

    public required Traffic Traffic { get; init; }

    /// <summary>Of all that came through the proxy.</summary>
    public required int Number { get; init; }

    /// <summary>A socket whose Hello is answered, and that still lives.</summary>
    public bool IsOnline => _isGreeted && !_cut.IsCancellationRequested;

    public async Task RunAsync()
    {
        try
        {
            client.NoDelay = true;
            await _server.ConnectAsync(new IPEndPoint(IPAddress.Loopback, targetPort), _cut.Token);
            await Task.WhenAny(PumpAsync(client, isFromServer: false), PumpAsync(_server, isFromServer: true));
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

    /// <summary>Sends a record in the server's name.</summary>
    public async Task InjectAsync(string record)
    {
        try
        {
            await SendToClientAsync(TextFrame.OfServer(record + HubRecord.End));
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Gone meanwhile.
        }
    }

    /// <summary>What was to be swapped and has nothing behind it comes after all.</summary>
    public Task ReleaseAsync() => Interlocked.Exchange(ref _swapped, null) is { } late ? InjectAsync(late) : Task.CompletedTask;

    public void Dispose()
    {
        Cut();
        _cut.Dispose();
        _toClient.Dispose();
    }

    private async Task PumpAsync(Socket from, bool isFromServer)
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
                await TakeFromClientAsync(buffer.AsMemory(0, count));
            else if (!await TakeFromServerAsync(buffer.AsMemory(0, count)))
                return;
        }
    }

    private async Task TakeFromClientAsync(Memory<byte> bytes)
    {
        if (!_frames.IsUpgraded)
        {
            HideCompression(bytes.Span);
            foreach (var (verb, path, body) in _requests.TakeHttp(bytes.Span))
                Traffic.AddRequest(verb, path, body);
            await SendAsync(_server, bytes);
            return;
        }
        foreach (var (frame, text) in _requests.TakeFrames(bytes.Span))
            await SendAsync(_server, text is null ? frame : await PassCallsAsync(frame, text));
    }

    /// <summary>The frame, less the calls that were answered here.</summary>
    private async Task<byte[]> PassCallsAsync(byte[] frame, string text)
    {
        var passed = new StringBuilder();
        var isWhole = true;
        foreach (var record in HubRecord.ReadAll(text))
        {
            if (record is { IsInvocation: true, Method: { } method })
            {
                Traffic.AddCall(Number, method, record.Content);
                if (record.Id is { } id && Rules.OnCall?.Invoke(record) is { } code)
                {
                    isWhole = false;
                    if (code.Length > 0)
                        await SendToClientAsync(TextFrame.OfServer(HubRecord.Refusal(id, code) + HubRecord.End));
                    continue;
                }
                _calls[record.Id ?? ""] = method;
            }
            passed.Append(record.Text).Append(HubRecord.End);
        }
        return isWhole ? frame
            : passed.Length == 0 ? []
            : TextFrame.OfClient(passed.ToString());
    }

    private async Task<bool> TakeFromServerAsync(ReadOnlyMemory<byte> bytes)
    {
        foreach (var (sent, isText) in _frames.Take(bytes.Span))
        {
            if (!_frames.IsUpgraded)
                Traffic.AddAnswer(sent);
            var frame = isText && weather.LaterVersion ? LaterVersion.Of(sent) : sent;
            if (isText && !weather.LaterVersion && Meddle(frame) is var meddled)
            {
                if (meddled is null)
                    return false;
                frame = meddled;
            }
            if (isText && OneOf(weather.TruncateOneOf))
            {
                await SendToClientAsync(frame.AsMemory(0, frame.Length / 2));
                return false;
            }
            await SendToClientAsync(frame);
            if (isText && OneOf(weather.DuplicateOneOf))
                await SendToClientAsync(frame);
        }
        return true;
    }

    /// <summary>What comes of a frame by the rules; null: the connection ends.</summary>
    private byte[]? Meddle(byte[] frame)
    {
        var texts = new List<string>();
        foreach (var record in HubRecord.ReadAll(TextFrame.TextOf(frame), id => _calls.GetValueOrDefault(id)))
        {
            _isGreeted |= record.IsAnswerTo("Hello");
            switch (Rules.OnRecord?.Invoke(record) ?? Fate.Pass)
            {
                case Fate.CutOff:
                    return null;
                case Fate.Swapped when _swapped is null:
                    _swapped = record.Text;
                    continue;
                case Fate.Delayed delayed:
                    _ = InjectAfterAsync(delayed.Moment, record.Text);
                    continue;
                case Fate.Replaced replaced:
                    texts.AddRange(replaced.Texts);
                    break;
                default:
                    texts.Add(record.Text);
                    break;
            }
            if (!record.IsInvocation || record.IsEvent)
                texts.AddRange(Interlocked.Exchange(ref _swapped, null) is { } late ? [late] : Array.Empty<string>());
        }
        return texts.Count == 0 ? [] : TextFrame.OfServer(string.Concat(texts.Select(text => text + HubRecord.End)));
    }

    private async Task InjectAfterAsync(Task moment, string record)
    {
        await moment;
        await InjectAsync(record);
    }

    private async Task SendToClientAsync(ReadOnlyMemory<byte> bytes)
    {
        await _toClient.WaitAsync(_cut.Token);
        try
        {
            await SendAsync(client, bytes);
        }
        finally
        {
            _toClient.Release();
        }
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

    // Answers are to be read here. The name keeps its length.
    private static void HideCompression(Span<byte> bytes)
    {
        for (var at = 0; at + Compression.Length <= bytes.Length; at++)
        {
            if (Ascii.EqualsIgnoreCase(bytes.Slice(at, Compression.Length), Compression))
                bytes[at] = (byte)'x';
        }
    }

    private bool OneOf(int many) => many > 0 && random.Next(many) == 0;
}
