using Chat.Contracts;
using Chat.Server.Delivery;
using Chat.Server.Observability;

namespace Chat.Server.Sockets;

/// <summary>
/// How much and how slowly one socket may send. Time is counted in the heartbeat's beats and not by the clock: a node that was paused has not listened
/// either. The reader's lock guards it.
/// </summary>
internal sealed class FrameRules(RateLimits rates, FrameRoom room)
{
    private const byte RecordSeparator = 0x1e;

    /// <summary>Beats are a second apart.</summary>
    private const int SilentBeats = Limits.SilenceMs / 1000;
    private const int UnfinishedBeats = Limits.UnfinishedMs / 1000;

    /// <summary>Frames at once: so many times what would be served. Each refused one is among them, whatever it is refused for.</summary>
    private const int BurstFactor = 10;

    /// <summary>Frames a second, sustained, likewise.</summary>
    private const int RateFactor = 2;

    /// <summary>A piece without the end of a frame counts as one when it is so small: nobody cuts so finely who does not mean to.</summary>
    private const int TinyBytes = 64;

    /// <summary>
    /// Reads of the connection for each call that is served: more than the longest frame takes that comes packet by packet. Control frames come in them too, which
    /// nobody above the WebSocket sees.
    /// </summary>
    private const int ReadsPerCall = 64;

    private readonly int _mostFrames = BurstFactor * (rates.ChangesBurst + rates.CallsBurst);
    private int _frames = BurstFactor * (rates.ChangesBurst + rates.CallsBurst);
    private int _reads;
    private int _silentFor;
    private int _unfinishedFor;
    private int _charged;

    /// <summary>Bytes of a frame. Until Hello is answered no more than it may have.</summary>
    public int MostBytes { get; set; } = Limits.HelloBytes;

    /// <summary>The rule that was broken first.</summary>
    public DisconnectReason? Fault { get; private set; }

    /// <summary>Counts the frames that end in a piece.</summary>
    public void Count(ReadOnlySpan<byte> piece)
    {
        var ends = piece.Count(RecordSeparator);
        _frames -= ends == 0 && piece.Length < TinyBytes ? 1 : ends;
        if (_frames < 0)
            Fail(DisconnectReason.Invalid, "flood");
    }

    /// <summary>A whole frame has come.</summary>
    public void Heard() => _silentFor = _unfinishedFor = 0;

    /// <summary>A second has gone by.</summary>
    /// <param name="reads">How often the connection has been read since it was made.</param>
    public void Beat(int reads)
    {
        _frames = Math.Min(_mostFrames, _frames + RateFactor * (rates.ChangesPerSecond + rates.CallsPerSecond));
        if (reads - _reads > ReadsPerCall * (rates.ChangesPerSecond + rates.CallsPerSecond))
            Fail(DisconnectReason.Invalid, "flood");
        _reads = reads;
    }

    /// <summary>A second has gone by in which the client could have sent.</summary>
    public void Wait(bool isUnfinished)
    {
        _unfinishedFor = isUnfinished ? _unfinishedFor + 1 : 0;
        if (++_silentFor > SilentBeats)
            Fail(DisconnectReason.Invalid, "silent");
        if (_unfinishedFor > UnfinishedBeats)
            Fail(DisconnectReason.Invalid, "unfinished");
    }

    public void FailTooLong() => Fail(DisconnectReason.TooLarge, "long");

    /// <summary>Has the node count what is held of frames that have not come whole; false: it has no room.</summary>
    public bool Charge(int bytes)
    {
        if (bytes == _charged)
            return true;
        if (!room.TryResize(_charged, bytes))
        {
            Fail(DisconnectReason.Rebalance, "room");
            return false;
        }
        _charged = bytes;
        return true;
    }

    private void Fail(DisconnectReason reason, string rule)
    {
        if (Fault is not null)
            return;
        Fault = reason;
        ChatMetrics.Cut.Add(1, new KeyValuePair<string, object?>("rule", rule));
    }
}
