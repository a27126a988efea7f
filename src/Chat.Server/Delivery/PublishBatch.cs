using System.Diagnostics;
using Chat.Server.Bus;
using Chat.Server.Observability;

namespace Chat.Server.Delivery;

/// <summary>
/// The envelopes of one commit, one for each shard touched. While the bus is down nothing is encoded. Used again after <see cref="Send"/>, by one
/// thread at a time.
/// </summary>
internal sealed class PublishBatch(IEventBus bus)
{
    private readonly EnvelopeWriter?[] _writers = new EnvelopeWriter?[Shards.Count];
    private List<Activity>? _spans;

    public void Add(EncodedEvent e)
    {
        if (!bus.IsUp)
            return;
        ref var writer = ref _writers[Shards.Of(e.ConversationId.Value)];
        writer ??= new EnvelopeWriter();
        if (Traces.Current is { } trace)
            writer.Write(EnvelopeItem.Trace(Traces.Write(Span(trace).Context)));
        writer.Write(e.ToItem());
    }

    public void Send()
    {
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
