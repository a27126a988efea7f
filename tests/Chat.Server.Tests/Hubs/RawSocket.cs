using System.Buffers;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Chat.Contracts;

namespace Chat.Server.Tests.Hubs;

/// <summary>What a call answered: its result, or the error as the server wrote it.</summary>
internal sealed record Answer(JsonElement Result, string? Text)
{
    /// <summary>The code in which a refusal ends.</summary>
    public string? Error => Text?.Split(' ')[^1];

    public T Read<T>() => Error is null ? Result.Deserialize<T>(ChatJson.Wire.Options)! : throw new InvalidOperationException(Text);
}

/// <summary>A refused upgrade.</summary>
internal sealed class UpgradeRefusedException(HttpStatusCode status, Exception inner) : Exception($"{(int)status}", inner)
{
    public HttpStatusCode Status { get; } = status;
}

/// <summary>A WebSocket that speaks SignalR's JSON by hand, because a stock client cannot send garbage. Keeps all that it received.</summary>
internal sealed class RawSocket : IAsyncDisposable
{
    public const char End = '\u001e';

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ClientWebSocket _socket;
    private readonly Lock _gate = new();
    private readonly List<string> _received = [];
    private readonly List<(Func<IReadOnlyList<string>, bool> Holds, TaskCompletionSource Met)> _waiters = [];
    private readonly Task _reading;
    private readonly SemaphoreSlim _sending = new(1);
    private readonly PeriodicTimer _awake = new(TimeSpan.FromSeconds(10));
    private int _calls;
    private bool _ended;

    private RawSocket(ClientWebSocket socket)
    {
        _socket = socket;
        _reading = Task.Run(ReadAsync);
    }

    /// <summary>Frames in order of arrival, without their ends.</summary>
    public IReadOnlyList<string> Received
    {
        get
        {
            lock (_gate)
                return [.. _received];
        }
    }

    /// <summary>Arguments of all pushes to a target.</summary>
    public IReadOnlyList<JsonElement> Pushes(string target) =>
        [
            .. Received
                .Select(Parse)
                .Where(f => f.TryGetProperty("target", out var name) && name.ValueEquals(target))
                .Select(f => f.GetProperty("arguments")[0]),
        ];

    public static async Task<RawSocket> ConnectAsync(Uri node, string path, string? token, string? origin)
    {
        var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        if (origin is not null)
            socket.Options.SetRequestHeader("Origin", origin);
        var query = token is null ? "" : $"?access_token={Uri.EscapeDataString(token)}";
        try
        {
            await socket.ConnectAsync(new Uri($"ws://{node.Authority}/{path}{query}"), CancellationToken.None).WaitAsync(Patience);
            return new RawSocket(socket);
        }
        catch (WebSocketException e)
        {
            var status = socket.HttpStatusCode;
            socket.Dispose();
            throw new UpgradeRefusedException(status, e);
        }
    }

    public async Task ShakeHandsAsync()
    {
        await SendAsync("""{"protocol":"json","version":1}""");
        await UntilAsync(frames => frames.Contains("{}"), "the handshake is answered");
    }

    public Task<Answer> CallAsync(string method, object request) =>
        CallTextAsync(method, $"[{JsonSerializer.Serialize(request, request.GetType(), ChatJson.Wire)}]");

    /// <param name="method">Any name.</param>
    /// <param name="arguments">The text of the arguments, brackets included.</param>
    public async Task<Answer> CallTextAsync(string method, string arguments)
    {
        var call = NextCall();
        await SendAsync($$"""{"type":1,"invocationId":"{{call}}","target":"{{method}}","arguments":{{arguments}}}""");
        return await AnswerAsync(call);
    }

    public string NextCall() => $"call-{Interlocked.Increment(ref _calls)}";

    public async Task<Answer> AnswerAsync(string call)
    {
        JsonElement? Find(IReadOnlyList<string> frames) =>
            frames
                .Where(f => f.Contains($"\"{call}\"", StringComparison.Ordinal))
                .Select(f => (JsonElement?)Parse(f))
                .FirstOrDefault(f => f!.Value.GetProperty("type").GetInt32() == 3);
        await UntilAsync(frames => Find(frames) is not null, $"{call} is answered");
        var frame = Find(Received)!.Value;
        var error = frame.TryGetProperty("error", out var text) ? text.GetString() : null;
        return new Answer(frame.TryGetProperty("result", out var result) ? result : default, error);
    }

    /// <summary>A text frame.</summary>
    public Task SendAsync(string message) => SendAsync(Encoding.UTF8.GetBytes(message + End));

    /// <summary>Bytes as they are.</summary>
    public async Task SendAsync(byte[] bytes, WebSocketMessageType type = WebSocketMessageType.Text)
    {
        await _sending.WaitAsync();
        try
        {
            await _socket.SendAsync(bytes, type, endOfMessage: true, CancellationToken.None).WaitAsync(Patience);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Pings from now on, as clients do: one that is silent is taken for dead, and a slow machine makes a long silence of a short one.</summary>
    public void StayAwake() => _ = StayAwakeAsync();

    private async Task StayAwakeAsync()
    {
        try
        {
            while (await _awake.WaitForNextTickAsync())
                await SendAsync("""{"type":6}""");
        }
        catch (Exception e)
            when (e is WebSocketException or ObjectDisposedException or InvalidOperationException or OperationCanceledException)
        {
            // It has ended.
        }
    }

    public async Task UntilAsync(Func<IReadOnlyList<string>, bool> holds, string what)
    {
        var met = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (holds(_received))
                return;
            if (_ended)
                throw new InvalidOperationException($"Closed before {what}: {string.Join('\n', _received)}");
            _waiters.Add((holds, met));
        }
        try
        {
            await met.Task.WaitAsync(Patience);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            throw new TimeoutException($"Not in time, or closed before: {what}. Received: {string.Join('\n', Received)}", e);
        }
    }

    /// <summary>Waits for the end; answers SignalR's close message, if one came.</summary>
    public async Task<JsonElement?> ClosedAsync(TimeSpan? patience = null)
    {
        await _reading.WaitAsync(patience ?? Patience);
        return Received is [.., var last] && Parse(last) is var frame && frame.TryGetProperty("type", out var type) && type.GetInt32() == 7
            ? frame
            : null;
    }

    public async ValueTask DisposeAsync()
    {
        _awake.Dispose();
        _socket.Abort();
        await _reading;
        _socket.Dispose();
        _sending.Dispose();
    }

    private static JsonElement Parse(string frame) => JsonDocument.Parse(frame).RootElement;

    private async Task ReadAsync()
    {
        var message = new ArrayBufferWriter<byte>();
        try
        {
            while (true)
            {
                var read = await _socket.ReceiveAsync(message.GetMemory(4096), CancellationToken.None);
                if (read.MessageType == WebSocketMessageType.Close)
                    break;
                message.Advance(read.Count);
                if (!read.EndOfMessage)
                    continue;
                Keep(Encoding.UTF8.GetString(message.WrittenSpan));
                message.Clear();
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Cut, by us or by the server: the end is what counts.
        }
        lock (_gate)
        {
            _ended = true;
            _waiters.ForEach(w => w.Met.TrySetCanceled());
        }
    }

    private void Keep(string message)
    {
        lock (_gate)
        {
            _received.AddRange(message.Split(End, StringSplitOptions.RemoveEmptyEntries));
            _waiters.RemoveAll(w => w.Holds(_received) && w.Met.TrySetResult());
        }
    }
}
