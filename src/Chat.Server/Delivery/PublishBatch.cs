using Chat.Server.Bus;

namespace Chat.Server.Delivery;

/// <summary>The envelopes of one commit, one for each shard touched. While the bus is down nothing is encoded.</summary>
internal sealed class PublishBatch(IEventBus bus)
{
    private readonly Dictionary<int, EnvelopeWriter>? _writers = bus.IsUp ? [] : null;

    public void Add(EncodedEvent e)
    {
        if (_writers is null)
            return;
        var shard = Shards.Of(e.ConversationId.Value);
        if (!_writers.TryGetValue(shard, out var writer))
            _writers.Add(shard, writer = new EnvelopeWriter());
        writer.Write(e.ToItem());
    }

    public void Send()
    {
        if (_writers is null)
            return;
        foreach (var (shard, writer) in _writers)
            bus.Publish(shard, writer.Written);
        _writers.Clear();
    }
}
