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

    /// <summary>It comes over the bus between the subscription and the end of the read.</summary>
    [Fact]
    public void A_late_event_of_the_lost_log_does_not_stand_for_one_of_the_new_log()
    {
        var topic = new Topic(Id);
        var follower = Follow(topic);
        topic.Deliver(Event(11), null, 0);

        Assert.True(topic.Start(2, 10, []));
        topic.Deliver(Event(11, epoch: 2), null, 0);

        Assert.Equal([11, 11], follower.Seqs);
        Assert.Equal(new Cursor(Id, 2, 11), topic.Position);
    }

    [Fact]
    public void After_a_reset_nothing_of_the_lost_log_is_delivered()
    {
        var topic = new Topic(Id);
        var follower = Follow(topic);
        topic.Start(1, 10, []);
        topic.CheckEpoch(2);

        topic.Deliver(Event(11), null, 0);
        Assert.True(topic.Start(2, 10, []));

        Assert.Empty(follower.Seqs);
        topic.Deliver(Event(11, epoch: 2), null, 0);
        Assert.Equal([11], follower.Seqs);
    }

    [Fact]
    public void A_late_event_of_the_lost_log_does_not_follow_one_of_the_new_log()
    {
        var topic = new Topic(Id);
        var follower = Follow(topic);

        topic.Deliver(Event(11, epoch: 2), null, 0);
        topic.Deliver(Event(12), null, 0);
        Assert.True(topic.Start(2, 10, []));

        Assert.Equal([11], follower.Seqs);
        Assert.Equal(new Cursor(Id, 2, 11), topic.Position);
    }

    private static Follower Follow(Topic topic)
    {
        var follower = new Follower();
        topic.Add(follower);
        return follower;
    }

    private static EncodedEvent Event(int seq, int epoch = 1) => new(default, Id, epoch, seq, default, default, default);

    private sealed class Follower : IFollower
    {
        public List<int> Seqs { get; } = [];

        public void Deliver(EncodedEvent e) => Seqs.Add(e.Seq);

        public void Send(PushPair push) { }

        public void Reset(Chat.Server.Delivery.Frame resync) { }
    }
}
