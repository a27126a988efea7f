using System.Diagnostics;
using Chat.Server.Bus;
using Chat.Server.Observability;

namespace Chat.Server.Delivery;

/// <summary>
/// The envelopes of one commit, one for each shard touched. While the bus is down nothing is encoded. Used again from <see cref="Begin"/> to
/// <see cref="Send"/>, by one thread at a time.
/// </summary>
internal sealed class PublishBatch(IEventBus bus, TimeProvider time)
{
    private readonly EnvelopeWriter?[] _writers = new EnvelopeWriter?[Shards.Count];
    private List<Activity>? _spans;
    private long _takenAt;

    /// <param name="takenAt">Time stamp of the arrival of what is oldest.</param>
    public void Begin(long takenAt) => _takenAt = takenAt;

    public void Add(EncodedEvent e)
    {
        if (!bus.IsUp)
            return;
        ref var writer = ref _writers[Shards.Of(e.ConversationId.Value)];
        writer ??= new EnvelopeWriter();
        if (writer.Count == 0)
            writer.Write(EnvelopeItem.Taken(time.GetUtcNow() - time.GetElapsedTime(_takenAt)));
        if (Traces.Current is { } trace)
            writer.Write(EnvelopeItem.Trace(Traces.Write(Span(trace).Context)));
        writer.Write(e.ToItem());
    }

    public void Send()
    {
        ChatMetrics.DeliveryDuration.Record(time.GetElapsedTime(_takenAt).TotalSeconds, ChatMetrics.Local);
        for (var shard = 0; shard < _writers.Length; shard++)
        {
            if (_writers[shard] is not { Count: > 0 } writer)
                continue;
            bus.Publish(shard, writer.Written);
            writer.Reset();
        }
        _spans?.ForEach(span => span.Stop());
        _spans?.Clear();
    }

    private Activity Span(Activity trace)
    {
        if (Traces.StartAside("publish", trace, ActivityKind.Producer) is not { } span)
            return trace;
        (_spans ??= []).Add(span);
        return span;
    }
}
