using System.IO.Pipelines;
using System.Net.WebSockets;
using System.Threading.Tasks.Sources;
using Chat.Contracts;
using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Sockets;

/// <summary>
/// What a WebSocket receives, as a pipe's reading end. It receives when somebody reads and nothing is there, so that nothing is buffered that is not
/// asked for; while it waits it holds no buffer. A client that breaks the rules makes the read fail with a reason of the registry.
/// </summary>
internal sealed class SocketReader(WebSocket socket, FrameRules rules) : PipeReader, IValueTaskSource<ReadResult>
{
    /// <summary>What a client may still send after it was told to go.</summary>
    private const int MostDropped = 1024 * 1024;

    // Guards every field below, and the rules.
    private readonly Lock _gate = new();
    private readonly ReceiveBuffer _buffer = new();
    private ManualResetValueTaskSourceCore<ReadResult> _read;

    /// <summary>A receive is under way.</summary>
    private bool _receiving;

    /// <summary>More of a message is to come. So it is at first, of the handshake.</summary>
    private bool _isAmid = true;
    private bool _waiting;
    private bool _paused;
    private bool _canceled;
    private bool _ended;
    private bool _isComplete;
    private TaskCompletionSource? _drained;
    private long _dropped;

    /// <summary>Bytes are there, or begun, that are no whole frame.</summary>
    private bool IsUnfinished => _isAmid || _buffer.IsFilling || (_buffer is { IsHeld: false, HasNews: false, Length: > 0 });

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (TryTake(out var result))
                return new(result);
            if (rules.Fault is { } fault)
                return ValueTask.FromException<ReadResult>(new HubException(fault.Code));
            _read.Reset();
            _waiting = true;
            if (_receiving || _paused)
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
            if (_buffer.Advance(consumed.GetInteger(), examined.GetInteger()))
                rules.Heard();
            Settle();
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
        WakeLater();
    }

    public override void Complete(Exception? exception = null)
    {
        lock (_gate)
        {
            _isComplete = true;
            Settle();
        }
    }

    /// <summary>Until <see cref="Resume"/> nothing more is received.</summary>
    public void Pause()
    {
        lock (_gate)
            _paused = true;
    }

    public void Resume()
    {
        lock (_gate)
        {
            _paused = false;
            if (!_waiting || _receiving)
                return;
            _receiving = true;
        }
        _ = ReceiveAsync();
    }

    /// <summary>Hello is answered: from now on a frame may be as long as any.</summary>
    public void Welcome()
    {
        lock (_gate)
            rules.MostBytes = Limits.FrameBytes;
    }

    /// <summary>Once a second.</summary>
    /// <param name="reads">How often the connection has been read.</param>
    public void Beat(int reads)
    {
        lock (_gate)
        {
            rules.Beat(reads);
            // While nobody receives it is not the client who is late.
            if (!_waiting || !_receiving)
                return;
            rules.Wait(IsUnfinished);
            if (rules.Fault is null)
                return;
        }
        WakeLater();
    }

    /// <summary>Nobody reads any more: up to the other side's close frame.</summary>
    public Task DrainAsync()
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
        do
        {
            try
            {
                // Of no bytes: it waits without a buffer.
                var message = await socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None);
                if (message is { MessageType: not WebSocketMessageType.Close, EndOfMessage: false } && Room() is { IsEmpty: false } free)
                {
                    var filling = socket.ReceiveAsync(free, CancellationToken.None);
                    if (!filling.IsCompleted)
                        Waits();
                    message = await filling;
                }
                Received(message);
            }
            catch (Exception)
            {
                // However it has ended: a reader that let anything through would be deaf from then on.
                End();
            }
        } while (GoesOn());
        Wake();
    }

    /// <summary>None: the frame is too long.</summary>
    private Memory<byte> Room()
    {
        lock (_gate)
        {
            _isAmid = true;
            if (_buffer.Length < rules.MostBytes)
                return _buffer.Room(rules.MostBytes);
            rules.FailTooLong();
            return default;
        }
    }

    /// <summary>The rest of a frame is not there yet.</summary>
    private void Waits()
    {
        lock (_gate)
        {
            if (rules.Charge(_buffer.Size))
                return;
            _drained?.TrySetResult();
        }
        Wake();
    }

    private void Received(ValueWebSocketReceiveResult message)
    {
        lock (_gate)
        {
            rules.Count(_buffer.Filled(message.Count));
            _isAmid = !message.EndOfMessage;
            if (message.MessageType == WebSocketMessageType.Close || _dropped > MostDropped)
                End();
        }
    }

    /// <summary>Frames may be empty, and whoever waits for bytes still waits after them.</summary>
    private bool GoesOn()
    {
        lock (_gate)
        {
            // What comes while the socket closes is not read any more.
            if (_drained is not null)
            {
                _dropped += 1 + _buffer.Length;
                _buffer.Clear();
            }
            else
                _receiving = _waiting && !_canceled && !_paused && rules.Fault is null && !_buffer.HasNews && !_ended;
            Settle();
            return _receiving && !_ended;
        }
    }

    private void End()
    {
        lock (_gate)
        {
            _receiving = _buffer.IsFilling = false;
            _ended = true;
            _drained?.TrySetResult();
        }
    }

    // Whoever asks for it is not to run what waits.
    private void WakeLater() => ThreadPool.UnsafeQueueUserWorkItem(static reader => reader.Wake(), this, preferLocal: false);

    private void Wake()
    {
        ReadResult result;
        DisconnectReason? fault = null;
        lock (_gate)
        {
            if (!_waiting || (!TryTake(out result) && (fault = rules.Fault) is null))
                return;
            _waiting = false;
        }
        if (fault is null)
            _read.SetResult(result);
        else
            _read.SetException(new HubException(fault.Code));
    }

    private bool TryTake(out ReadResult result)
    {
        result = default;
        if (!_canceled && (rules.Fault is not null || (!_ended && !_buffer.HasNews)))
            return false;
        result = new ReadResult(_buffer.Take(), _canceled, _ended);
        _canceled = false;
        return true;
    }

    /// <summary>Gives back what is not needed any more, and has the rest counted.</summary>
    private void Settle()
    {
        if (_isComplete || _buffer.Length == 0)
            _buffer.Release();
        rules.Charge(IsUnfinished && !_ended && !_isComplete ? _buffer.Size : 0);
    }
}
