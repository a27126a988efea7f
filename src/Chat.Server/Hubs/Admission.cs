using Chat.Contracts;
using Chat.Server.Hosting;
using Chat.Server.Observability;
using Microsoft.Extensions.Options;

namespace Chat.Server.Hubs;

/// <summary>
/// Lets sockets in: before their token is looked at, since that is what a storm of reconnects would cost. Who is refused tries again, elsewhere.
/// </summary>
internal sealed class Admission(NodeState state, Descriptors descriptors, IOptions<AdmissionOptions> options, TimeProvider time)
{
    /// <summary>A full node stays full for a while; clients add their own jitter.</summary>
    private static readonly TimeSpan RetryWhenFull = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    private const string OutOfFiles = "files";

    // Guards what follows.
    private readonly Lock _gate = new();
    private double _tokens = options.Value.ConnectBurst;
    private long _tokensAt = time.GetTimestamp();
    private int _inside;

    /// <summary>Sockets that it lets in at once: its own limit, or what the limit of open files allows; 0: any number.</summary>
    public int Most =>
        options.Value.MaxConnections is > 0 and var own && (descriptors.MostSockets == 0 || own < descriptors.MostSockets)
            ? own
            : descriptors.MostSockets;

    /// <summary>Sockets let in and not gone, those in their handshake included.</summary>
    public int Inside => Volatile.Read(ref _inside);

    /// <summary>True: one more is inside, until <see cref="Leave"/>.</summary>
    public ValueTask<bool> EnterAsync(HttpContext context)
    {
        if (Refusal() is { } refusal)
            return RefuseAsync(context, refusal);
        ChatMetrics.Connects.Add(1);
        return new(true);
    }

    public void Leave() => Interlocked.Decrement(ref _inside);

    private static async ValueTask<bool> RefuseAsync(HttpContext context, (string Reason, ErrorCode Code, TimeSpan RetryAfter) refusal)
    {
        ChatMetrics.ConnectsRefused.Add(1, new KeyValuePair<string, object?>("reason", refusal.Reason));
        if (refusal.Reason == OutOfFiles)
            context.Response.Headers.Connection = "close";
        await Problems.Problem(refusal.Code, retryAfter: refusal.RetryAfter).ExecuteAsync(context);
        return false;
    }

    /// <summary>Null: one more is inside.</summary>
    private (string Reason, ErrorCode Code, TimeSpan RetryAfter)? Refusal()
    {
        var limits = options.Value;
        lock (_gate)
        {
            // Under the lock, so that draining sees every socket that was let in before it.
            if (state.IsDraining)
                return ("draining", ErrorCode.Draining, Retry);
            if (!state.IsReady)
                return ("starting", ErrorCode.Unavailable, Retry);
            if (limits.MaxConnections > 0 && Inside >= limits.MaxConnections)
                return ("full", ErrorCode.Unavailable, RetryWhenFull);
            if (descriptors.IsFull)
            {
                descriptors.Warn();
                return (OutOfFiles, ErrorCode.Unavailable, RetryWhenFull);
            }
            if (limits.ConnectsPerSecond > 0 && !TakeToken(limits))
                return ("rate", ErrorCode.Unavailable, Retry);
            Interlocked.Increment(ref _inside);
            return null;
        }
    }

    private bool TakeToken(AdmissionOptions limits)
    {
        var now = time.GetTimestamp();
        _tokens = Math.Min(limits.ConnectBurst, _tokens + time.GetElapsedTime(_tokensAt, now).TotalSeconds * limits.ConnectsPerSecond);
        _tokensAt = now;
        if (_tokens < 1)
            return false;
        _tokens -= 1;
        return true;
    }
}
