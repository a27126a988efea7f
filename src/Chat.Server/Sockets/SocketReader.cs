using System.Buffers;
using System.IO.Pipelines;
using System.Net.WebSockets;
using System.Threading.Tasks.Sources;

namespace Chat.Server.Sockets;

/// <summary>
/// What a WebSocket receives, as a pipe's reading end. It receives when somebody reads and nothing is there, so that nothing is buffered that is not
/// asked for; while it waits it holds no buffer.
/// </summary>
internal sealed class SocketReader(WebSocket socket) : PipeReader, IValueTaskSource<ReadResult>
{
    private const int FirstBuffer = 4096;

    // Guards every field below.
    private readonly Lock _gate = new();
    private ManualResetValueTaskSourceCore<ReadResult> _read;
    private byte[]? _buffer;
    private int _start;
    private int _examined;
    private int _end;

    /// <summary>A receive is under way.</summary>
    private bool _receiving;

    /// <summary>It writes into the buffer.</summary>
    private bool _filling;

    /// <summary>Somebody has a piece of the buffer.</summary>
    private bool _held;
    private bool _waiting;
    private bool _canceled;
    private bool _ended;
    private TaskCompletionSource? _drained;

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (TryTake(out var result))
                return new(result);
            _read.Reset();
            _waiting = true;
            if (_receiving)
                return new(this, _read.Version);
            _receiving = true;
        }
        var version = _read.Version;
        _ = ReceiveAsync();
        return new(this, version);
    }

    public override bool TryRead(out ReadResult result)
    {
        lock (_gate)
            return TryTake(out result);
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        lock (_gate)
        {
            _held = false;
            if (_buffer is null)
                return;
            _start = Math.Max(_start, consumed.GetInteger());
            _examined = Math.Max(_start, examined.GetInteger());
            if (_start == _end && !_filling)
                Release();
        }
    }

    public override void CancelPendingRead()
    {
        lock (_gate)
        {
            _canceled = true;
            if (!_waiting)
                return;
        }
        // Whoever cancels is not to run what waits.
        ThreadPool.UnsafeQueueUserWorkItem(static reader => reader.Wake(), this, preferLocal: false);
    }

    public override void Complete(Exception? exception = null)
    {
        lock (_gate)
        {
            if (!_filling && !_held)
                Release();
        }
    }

    public async Task CloseAsync(WebSocketCloseStatus status, TimeSpan patience, Action abort)
    {
        if (socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived))
            return;
        using var limit = new CancellationTokenSource(patience);
        await using var late = limit.Token.UnsafeRegister(static state => ((Action)state!)(), abort);
        try
        {
            await socket.CloseOutputAsync(status, null, CancellationToken.None);
            await DrainAsync();
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException or IOException)
        {
            // Gone already.
        }
    }

    /// <summary>Nobody reads any more: up to the other side's close frame.</summary>
    private Task DrainAsync()
    {
        bool receive;
        lock (_gate)
        {
            if (_ended)
                return Task.CompletedTask;
            _drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            receive = !_receiving;
            _receiving = true;
        }
        if (receive)
            _ = ReceiveAsync();
        return _drained.Task;
    }

    ReadResult IValueTaskSource<ReadResult>.GetResult(short token) => _read.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) => _read.GetStatus(token);

    void IValueTaskSource<ReadResult>.OnCompleted(
        Action<object?> continuation,
        object? state,
        short token,
        ValueTaskSourceOnCompletedFlags flags
    ) => _read.OnCompleted(continuation, state, token, flags);

    private async Task ReceiveAsync()
    {
        var ended = false;
        do
        {
            try
            {
                // Of no bytes: it waits without a buffer.
                var message = await socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None);
                if (message.MessageType != WebSocketMessageType.Close)
                {
                    message = await socket.ReceiveAsync(Room(), CancellationToken.None);
                    Filled(message.Count);
                }
                ended = message.MessageType == WebSocketMessageType.Close;
            }
            catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException or IOException)
            {
                ended = true;
            }
            if (ended)
                End();
        } while (!ended && GoesOn());
        Wake();
    }

    /// <summary>What comes while the socket closes is not read any more.</summary>
    private bool GoesOn()
    {
        lock (_gate)
        {
            if (_drained is not null)
            {
                _start = _examined = _end = 0;
                return true;
            }
            return _receiving = false;
        }
    }

    private void End()
    {
        lock (_gate)
        {
            _receiving = _filling = false;
            _ended = true;
            _drained?.TrySetResult();
        }
    }

    private void Wake()
    {
        ReadResult result;
        lock (_gate)
        {
            if (!_waiting || !TryTake(out result))
                return;
            _waiting = false;
        }
        _read.SetResult(result);
    }

    private bool TryTake(out ReadResult result)
    {
        result = default;
        if (!_canceled && !_ended && _examined >= _end)
            return false;
        result = new ReadResult(_buffer is null ? default : new ReadOnlySequence<byte>(_buffer, _start, _end - _start), _canceled, _ended);
        _canceled = false;
        _held = true;
        return true;
    }

    private Memory<byte> Room()
    {
        lock (_gate)
        {
            if (_buffer is null)
                _buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
            else if (_end == _buffer.Length)
                Grow();
            _filling = true;
            return _buffer.AsMemory(_end);
        }
    }

    private void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent(_buffer!.Length * 2);
        // At the same place: positions that were given out stay true.
        _buffer.AsSpan(_start, _end - _start).CopyTo(larger.AsSpan(_start));
        if (!_held)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }

    private void Filled(int count)
    {
        lock (_gate)
        {
            _filling = false;
            _end += count;
        }
    }

    private void Release()
    {
        if (_buffer is not null)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = null;
        _start = _examined = _end = 0;
    }
}
