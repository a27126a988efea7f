using Chat.Contracts;
using Chat.Server.Delivery;

namespace Chat.Server.Tests.Delivery;

/// <summary>Several readers tell one topic where the log was when they read it.</summary>
public sealed class TopicStartTests
{
    private static readonly ConversationId Id = new(Guid.CreateVersion7());

    [Fact]
    public void A_reader_behind_the_start_of_another_must_read_again()
    {
        var topic = new Topic(Id);
        var early = Follow(topic);
        Follow(topic);

        // Both subscribed and then read; event 7 was committed between the two reads and is on its way.
        var late = topic.Start(1, 7, []);
        topic.Deliver(Event(7), null, 0);
        var earlyMayStay = topic.Start(1, 6, []);

        Assert.True(late);
        Assert.Empty(early.Seqs);
        Assert.False(earlyMayStay);
        Assert.True(topic.Start(1, 7, []));
    }

    [Fact]
    public void A_reader_whose_missing_events_were_delivered_need_not_read_again()
    {
        var topic = new Topic(Id);
        var slow = Follow(topic);
        topic.Start(1, 5, []);

        topic.Deliver(Event(6), null, 0);

        Assert.True(topic.Start(1, 5, []));
        Assert.Equal([6], slow.Seqs);
    }

    private static Follower Follow(Topic topic)
    {
        var follower = new Follower();
        topic.Add(follower);
        return follower;
    }

    private static EncodedEvent Event(int seq) => new(default, Id, 1, seq, default, default, default);

    private sealed class Follower : IFollower
    {
        public List<int> Seqs { get; } = [];

        public void Deliver(EncodedEvent e) => Seqs.Add(e.Seq);

        public void Send(PushPair push) { }

        public void Reset(Chat.Server.Delivery.Frame resync) { }
    }
}
