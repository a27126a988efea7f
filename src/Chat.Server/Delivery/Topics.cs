using System.Collections.Concurrent;
using Chat.Contracts;
using Chat.Server.Bus;
using Chat.Server.Observability;
using Chat.Server.Storage;

namespace Chat.Server.Delivery;

/// <summary>The local index: who follows which conversation on this node. Conversations that nobody follows here cost nothing.</summary>
internal sealed partial class Topics(HoleFetcher holes, TimeProvider time, ILogger<Topics> logger)
{
    private readonly ConcurrentDictionary<ConversationId, Topic> _topics = new();

    public IReadOnlyCollection<Topic> All => (IReadOnlyCollection<Topic>)_topics.Values;

    public int Count => _topics.Count;

    public Topic? Find(ConversationId id) => _topics.GetValueOrDefault(id);

    /// <summary>Subscribes a socket. To be called before the log is read for it, so that nothing falls between.</summary>
    public void Follow(ClientConnection follower, ConversationOwner owner)
    {
        if (!follower.Follow(owner))
            return;
        Add(follower, owner.Id);
        // The connection may have ended between the two steps; then its own clean-up has missed this topic.
        if (follower.Owner(owner.Id) is null)
            Remove(follower, owner.Id);
    }

    /// <summary>Subscribes what has no list of its own: whoever adds it removes it.</summary>
    public Topic Add(IFollower follower, ConversationId id)
    {
        while (true)
        {
            var topic = _topics.GetOrAdd(id, static id => new Topic(id));
            if (topic.Add(follower))
                return topic;
        }
    }

    public void Unfollow(ClientConnection follower, ConversationId id)
    {
        if (follower.Unfollow(id))
            Remove(follower, id);
    }

    public void UnfollowAll(ClientConnection follower)
    {
        foreach (var owner in follower.EndFollowing())
            Remove(follower, owner.Id);
    }

    public void Deliver(EncodedEvent e, ClientConnection? except = null)
    {
        if (_topics.TryGetValue(e.ConversationId, out var topic) && topic.Deliver(e, except, time.GetTimestamp()))
            holes.Report(topic);
    }

    /// <summary>An event of another node; decoded only where somebody follows the conversation.</summary>
    public void Deliver(in EnvelopeItem item)
    {
        if (!_topics.TryGetValue(item.ConversationId, out var topic))
            return;
        LogReceived(item.Seq, item.ConversationId);
        var e = new EncodedEvent(item.InboxId, item.ConversationId, item.Epoch, item.Seq, item.Staff, item.Variant, item.Visitor);
        if (topic.Deliver(e, null, time.GetTimestamp()))
            holes.Report(topic);
    }

    /// <summary>An envelope has been delivered, whose oldest event its author's node had taken at that time.</summary>
    public void CameByBus(DateTimeOffset takenAt) =>
        ChatMetrics.DeliveryDuration.Record(Math.Max(0, (time.GetUtcNow() - takenAt).TotalSeconds), ChatMetrics.OverBus);

    public void Remove(IFollower follower, ConversationId id)
    {
        if (_topics.TryGetValue(id, out var topic) && topic.Remove(follower))
            _topics.TryRemove(new KeyValuePair<ConversationId, Topic>(id, topic));
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Event {Seq} of conversation {ConversationId} came from another node")]
    private partial void LogReceived(int seq, ConversationId conversationId);
}
