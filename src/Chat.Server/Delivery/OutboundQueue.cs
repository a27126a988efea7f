using Chat.Contracts;
using Chat.Server.Hosting;
using Chat.Server.Observability;
using Chat.Server.Sockets;
using Microsoft.AspNetCore.SignalR;

namespace Chat.Server.Delivery;

/// <summary>
/// What waits to be written to one socket. A write that completes at once costs no queue; what comes during a slow one is joined into the next.
/// Bounded: over the bound everything queued is dropped and the client is told to resync, since it can fetch what it missed by seq.
/// </summary>
internal sealed class OutboundQueue(HubConnectionContext connection, TimeProvider time)
{
    /// <summary>Frames that may wait for one socket.</summary>
    internal const int MaxFrames = 64;

    /// <summary>Bytes that may wait for one socket.</summary>
    internal const int MaxBytes = 256 * 1024;

    private static readonly Frame OverflowFrame = Frame.Of(Push.Resync, new Resync(null, "overflow"), ChatJson.Wire.Resync);

    /// <summary>Counts what waits; of a socket only.</summary>
    private readonly OutgoingBytes.Account? _account = connection.Features.Get<SocketConnection>()?.Waiting;

    // Guards every field below.
    private readonly Lock _gate = new();
    private List<Frame>? _waiting;
    private int _waitingBytes;
    private bool _writing;
    private bool _overflowed;
    private long _overflowedAt;

    /// <summary>How long ago frames were first dropped behind the write under way; zero if none were.</summary>
    public TimeSpan OverflowedFor
    {
        get
        {
            lock (_gate)
                return _overflowed ? time.GetElapsedTime(_overflowedAt) : TimeSpan.Zero;
        }
    }

    public void Enqueue(Frame frame)
    {
        lock (_gate)
        {
            if (_writing)
            {
                Wait(frame);
                return;
            }
            _writing = true;
        }
        Write(frame.Message);
    }

    private void Wait(Frame frame)
    {
        if (_overflowed)
            return;
        _waiting ??= new List<Frame>(4);
        if (_waiting.Count >= MaxFrames || _waitingBytes + frame.Length > MaxBytes)
        {
            _overflowed = true;
            _overflowedAt = time.GetTimestamp();
            Clear();
            ChatMetrics.OutboundOverflows.Add(1);
            return;
        }
        _waiting.Add(frame);
        _waitingBytes += frame.Length;
        _account?.Hold(frame.Length);
    }

    private void Clear()
    {
        _account?.Release(_waitingBytes);
        _waiting!.Clear();
        _waitingBytes = 0;
    }

    private void Write(SerializedHubMessage message)
    {
        SerializedHubMessage? next = message;
        while (next is not null)
        {
            var write = connection.WriteAsync(next, CancellationToken.None);
            if (!write.IsCompletedSuccessfully)
            {
                _ = FinishAsync(write);
                return;
            }
            next = Next();
        }
    }

    private async Task FinishAsync(ValueTask write)
    {
        try
        {
            await write;
        }
        catch (Exception)
        {
            // The connection is being torn down; SignalR reports it, and its queue goes with it.
        }
        if (Next() is { } next)
            Write(next);
    }

    /// <summary>All that waits as one message, or null and the queue is idle.</summary>
    private SerializedHubMessage? Next()
    {
        lock (_gate)
        {
            if (_overflowed)
            {
                _overflowed = false;
                return OverflowFrame.Message;
            }
            if (_waiting is not { Count: > 0 })
            {
                _writing = false;
                _waiting = null;
                return null;
            }
            var message = Frame.Join(_waiting).Message;
            Clear();
            return message;
        }
    }
}
