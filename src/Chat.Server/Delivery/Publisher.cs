using Chat.Contracts;
using Chat.Server.Bus;
using Chat.Server.Observability;

namespace Chat.Server.Delivery;

/// <summary>
/// Brings what was committed to the sockets: at once to those of this node, by the bus to the others, and to the lists of operators. Called in the
/// order of commits of each conversation.
/// </summary>
internal sealed class Publisher(Topics topics, InboxWatch watch, IEventBus bus, PushCollector pushes, TimeProvider time)
{
    /// <summary>One committed change.</summary>
    /// <param name="inboxId">The conversation's inbox.</param>
    /// <param name="events">Its events, ascending.</param>
    /// <param name="except">The socket whose acknowledgement has the answer.</param>
    /// <param name="answered">Seq that the acknowledgement has.</param>
    /// <param name="takenAt">Time stamp of its arrival; null: just now.</param>
    public void Publish(InboxId inboxId, IReadOnlyList<ChatEvent> events, ClientConnection? except, int answered, long? takenAt = null)
    {
        var batch = new PublishBatch(bus, time);
        batch.Begin(takenAt ?? time.GetTimestamp());
        foreach (var e in events)
            Publish(EncodedEvent.Of(inboxId, e), e.Seq == answered ? except : null, batch);
        batch.Send();
    }

    /// <summary>Delivers here and puts the event into the envelope of its shard.</summary>
    public void Publish(EncodedEvent e, ClientConnection? except, PublishBatch batch)
    {
        using (Traces.Start("deliver"))
        {
            topics.Deliver(e, except);
            watch.Touch(e.InboxId, e.ConversationId);
        }
        batch.Add(e);
    }

    /// <summary>Something that is not of the log, to everybody who follows the conversation.</summary>
    public void Publish(in EnvelopeItem push, ClientConnection? except)
    {
        topics.Find(push.ConversationId)?.Send(PushPair.Of(push), except);
        pushes.Add(push);
    }

    /// <summary>Something for the other nodes alone.</summary>
    public void Publish(in EnvelopeItem item, int shard) => Publish(new ReadOnlySpan<EnvelopeItem>(in item), shard);

    /// <summary>As above, in one envelope.</summary>
    public void Publish(ReadOnlySpan<EnvelopeItem> items, int shard)
    {
        if (!bus.IsUp)
            return;
        var writer = new EnvelopeWriter();
        foreach (var item in items)
            writer.Write(item);
        bus.Publish(shard, writer.Written);
    }
}
