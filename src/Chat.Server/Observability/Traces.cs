using System.Diagnostics;

namespace Chat.Server.Observability;

/// <summary>
/// The spans of a message: the hub call, which is SignalR's own, append, publish, deliver; here and, with their context in the envelope, on the other
/// nodes. While nobody listens there are none, and what is left is one check.
/// </summary>
internal static class Traces
{
    public const string Name = "Chat";

    /// <summary>Trace id, span id, flags: as in a <c>traceparent</c>, but bytes.</summary>
    public const int ContextLength = IdLength + SpanLength + 1;

    private const int IdLength = 16;
    private const int SpanLength = 8;

    private static readonly ActivitySource Source = new(Name);

    /// <summary>What runs now; null while traces are off.</summary>
    public static Activity? Current => Source.HasListeners() ? Activity.Current : null;

    /// <summary>Spans and lines of the log that follow belong to this one; for loops, which run for many.</summary>
    public static void Resume(Activity? trace)
    {
        if (Source.HasListeners())
            Activity.Current = trace;
    }

    /// <summary>A part of what runs now; null while traces are off and where nothing does.</summary>
    public static Activity? Start(string name, ActivityKind kind = ActivityKind.Internal) =>
        Current is null ? null : Source.StartActivity(name, kind);

    /// <summary>A part of something else, which does not become what runs now. Null when it is not recorded.</summary>
    public static Activity? StartAside(string name, Activity parent, ActivityKind kind = ActivityKind.Internal)
    {
        var current = Activity.Current;
        var span = Source.StartActivity(name, kind, parent.Context);
        Activity.Current = current;
        return span;
    }

    /// <summary>The end of something that began on another node.</summary>
    public static Activity? StartHere(string name, in ActivityContext elsewhere) =>
        elsewhere == default ? null : Source.StartActivity(name, ActivityKind.Consumer, elsewhere);

    public static byte[] Write(in ActivityContext context)
    {
        var bytes = new byte[ContextLength];
        context.TraceId.CopyTo(bytes.AsSpan(0, IdLength));
        context.SpanId.CopyTo(bytes.AsSpan(IdLength, SpanLength));
        bytes[^1] = (byte)context.TraceFlags;
        return bytes;
    }

    public static ActivityContext Read(ReadOnlySpan<byte> bytes) =>
        new(
            ActivityTraceId.CreateFromBytes(bytes[..IdLength]),
            ActivitySpanId.CreateFromBytes(bytes.Slice(IdLength, SpanLength)),
            (ActivityTraceFlags)bytes[^1],
            traceState: null,
            isRemote: true
        );
}
