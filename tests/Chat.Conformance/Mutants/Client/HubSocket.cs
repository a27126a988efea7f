using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Chat.Contracts;

namespace Chat.Conformance.Mutants.Client;

/// <summary>
/// SignalR's JSON protocol over one WebSocket. Both sides send records that end in 0x1E: first a handshake, which is answered by <c>{}</c>; then calls and
/// pushes (type 1), answers (3), pings (6), and the server's last word (7).
/// </summary>
internal sealed class HubSocket : ILink, IDisposable
{
    private const byte EndOfRecord = 0x1e;

    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PingEvery = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan ServerIsHeardWithin = TimeSpan.FromMilliseconds(Limits.SilenceMs);

    private readonly ClientWebSocket _socket = new();
    private readonly IListener _listener;
    private readonly CancellationTokenSource _over = new();
    private readonly SemaphoreSlim _writing = new(1);
    private readonly Dictionary<string, TaskCompletionSource<JsonElement>> _calls = [];
    private readonly TaskCompletionSource _shaken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string?> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<byte> _received = [];
    private DateTimeOffset _heardAt = Clock.Now;
    private int _lastCall;

    private HubSocket(IListener listener)
    {
        _listener = listener;
        // Pings of the WebSocket count for nothing here.
        _socket.Options.KeepAliveInterval = TimeSpan.Zero;
    }

    public string Transport => "socket";

    public Task<string?> Ended => _ended.Task;

    /// <param name="server">The service.</param>
    /// <param name="hub"><c>visitor</c> or <c>operator</c>.</param>
    /// <param name="token">The access token.</param>
    /// <param name="listener">Hears the pushes.</param>
    public static async Task<HubSocket> ConnectAsync(Uri server, string hub, string token, IListener listener)
    {
        var link = new HubSocket(listener);
        var address = new UriBuilder(new Uri(server, $"/hubs/{hub}"))
        {
            Scheme = server.Scheme == Uri.UriSchemeHttps ? Uri.UriSchemeWss : Uri.UriSchemeWs,
            Query = $"access_token={Uri.EscapeDataString(token)}",
        };
        try
        {
            using var limit = new CancellationTokenSource(AnswerWithin);
            await link._socket.ConnectAsync(address.Uri, limit.Token);
            // At once: who connects and says nothing is cut off.
            await link.WriteAsync("""{"protocol":"json","version":1}""");
            _ = link.ReceiveAsync();
            _ = link.KeepAliveAsync();
            await link._shaken.Task.WaitAsync(AnswerWithin);
            return link;
        }
        catch (Exception e)
        {
            link.Dispose();
            throw new NoAnswer(e);
        }
    }

    public async Task<T> CallAsync<T>(string method, object request)
    {
        if (_ended.Task.IsCompleted)
            throw new NoAnswer();
        var id = $"{++_lastCall}";
        var answer = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        _calls.Add(id, answer);
        await WriteAsync($$"""{"type":1,"invocationId":"{{id}}","target":"{{method}}","arguments":[{{ClientJson.Write(request)}}]}""");
        try
        {
            var within = Mutant.Has(Defect.WaitsForEver) ? Timeout.InfiniteTimeSpan : AnswerWithin;
            return ClientJson.Read<T>(await answer.Task.WaitAsync(within));
        }
        catch (TimeoutException e)
        {
            // On this connection its answer could not be told from that of a repeat.
            Close();
            throw new NoAnswer(e);
        }
    }

    public void Close(string? reason = null)
    {
        if (!_ended.TrySetResult(reason))
            return;
        _over.Cancel();
        _socket.Abort();
        _shaken.TrySetException(new NoAnswer());
        foreach (var call in _calls.Values)
            call.TrySetException(new NoAnswer());
        _calls.Clear();
    }

    public void Dispose()
    {
        Close();
        _socket.Dispose();
    }

    private async Task WriteAsync(string record)
    {
        try
        {
            await _writing.WaitAsync(_over.Token);
            try
            {
                var bytes = Encoding.UTF8.GetBytes(record + (char)EndOfRecord);
                await _socket.SendAsync(bytes.AsMemory(), WebSocketMessageType.Text, endOfMessage: true, _over.Token);
            }
            finally
            {
                _writing.Release();
            }
        }
        catch (Exception e)
        {
            Close();
            throw new NoAnswer(e);
        }
    }

    private async Task ReceiveAsync()
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await _socket.ReceiveAsync(buffer.AsMemory(), _over.Token) is { MessageType: not WebSocketMessageType.Close } piece)
            {
                _heardAt = Clock.Now;
                _received.AddRange(buffer.AsSpan(0, piece.Count));
                if (Mutant.Has(Defect.PiecesTakenForRecords))
                    _received.Add(EndOfRecord);
                TakeRecords();
            }
            Close();
        }
        catch (Exception e)
        {
            if (!_over.IsCancellationRequested)
                await Console.Error.WriteLineAsync($"the connection ended: {e.Message}");
            // What nobody has caught is the end of such a client.
            Close(e is JsonException && Mutant.Has(Defect.UnknownWordFails) ? DisconnectReason.Revoked.Code : null);
        }
    }

    private void TakeRecords()
    {
        for (int length; (length = _received.IndexOf(EndOfRecord)) >= 0; )
        {
            var record = _received.GetRange(0, length).ToArray();
            _received.RemoveRange(0, length + 1);
            if (length > 0)
                Take(JsonSerializer.Deserialize<JsonElement>(record));
        }
    }

    private void Take(JsonElement record)
    {
        if (!_shaken.Task.IsCompleted)
        {
            if (record.TryGetProperty("error", out _))
                Close();
            _shaken.TrySetResult();
            return;
        }
        switch (record.GetProperty("type").GetInt32())
        {
            case 1 when !_ended.Task.IsCompleted:
                _listener.Hear(record.GetProperty("target").GetString()!, record.GetProperty("arguments")[0]);
                break;
            case 3 when _calls.Remove(record.GetProperty("invocationId").GetString()!, out var call):
                if (LastWordOfError(record) is { } code)
                    call.TrySetException(new Refusal(code));
                else
                    call.TrySetResult(record.TryGetProperty("result", out var result) ? result : default);
                break;
            case 7:
                var word = LastWordOfError(record);
                Close(DisconnectReason.All.Any(reason => reason.Code == word) ? word : null);
                break;
        }
    }

    // Codes and reasons are the last word of a sentence of SignalR.
    private static string? LastWordOfError(JsonElement record) =>
        record.TryGetProperty("error", out var error) ? error.GetString()!.TrimEnd(' ', '.').Split(' ')[^1] : null;

    private async Task KeepAliveAsync()
    {
        try
        {
            while (!_ended.Task.IsCompleted)
            {
                await Task.Delay(PingEvery, _over.Token);
                if (Clock.Now - _heardAt > ServerIsHeardWithin && !Mutant.Has(Defect.WaitsForEver))
                    Close();
                else if (!Mutant.Has(Defect.NoPings))
                    await WriteAsync("""{"type":6}""");
            }
        }
        catch (Exception e) when (e is OperationCanceledException or NoAnswer)
        {
            // The end.
        }
    }
}
