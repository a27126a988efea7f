using Chat.Contracts;
using Chat.Server.Delivery;
using CsCheck;

namespace Chat.Server.Tests.Delivery;

/// <summary>A topic passes a conversation's events on in order and once, whatever the bus does to them.</summary>
public sealed class TopicTests
{
    private static readonly ConversationId Id = new(Guid.CreateVersion7());
    private static readonly InboxId Inbox = new(Guid.CreateVersion7());

    [Fact]
    public void Any_order_loss_and_repetition_ends_in_the_log_once_and_in_order()
    {
        Gen.Select(Gen.Int[0, 5], Gen.Int[1, 60].Array[0, 150])
            .Sample(
                (start, arrivals) =>
                {
                    var topic = new Topic(Id);
                    var follower = new RecordingConnection(TimeProvider.System);
                    topic.Add(follower.Client);
                    topic.Start(1, start, []);
                    foreach (var seq in arrivals)
                        topic.Deliver(Event(seq), null, 0);
                    // What repair does: everything after the position, from the log.
                    for (var seq = topic.Position.Seq + 1; seq <= 60; seq++)
                        topic.Deliver(Event(seq), null, 0);

                    var seen = follower.Read().Select(push => push.Argument.GetProperty("seq").GetInt32());
                    Assert.Equal(Enumerable.Range(start + 1, 60 - start), seen);
                    Assert.False(topic.HasHole);
                },
                iter: 200
            );
    }

    [Fact]
    public void A_visitor_gets_a_staff_event_as_a_skip_and_an_operator_gets_it_whole()
    {
        var topic = new Topic(Id);
        var visitor = new RecordingConnection(TimeProvider.System, isOperator: false);
        var @operator = new RecordingConnection(TimeProvider.System);
        topic.Add(visitor.Client);
        topic.Add(@operator.Client);
        topic.Start(1, 0, []);

        topic.Deliver(Event(1, EventType.Note), null, 0);

        var (target, argument) = Assert.Single(visitor.Read());
        Assert.Equal(Push.Skip, target);
        Assert.Equal(["conversationId", "epoch", "seq"], argument.EnumerateObject().Select(p => p.Name));
        var (whole, note) = Assert.Single(@operator.Read());
        Assert.Equal(Push.Event, whole);
        Assert.Equal("text 1", note.GetProperty("data").GetProperty("body").GetString());
    }

    [Fact]
    public void The_sending_socket_gets_no_echo_and_the_authors_other_sockets_do()
    {
        var topic = new Topic(Id);
        var sender = new RecordingConnection(TimeProvider.System);
        var other = new RecordingConnection(TimeProvider.System);
        topic.Add(sender.Client);
        topic.Add(other.Client);
        topic.Start(1, 0, []);

        topic.Deliver(Event(1), sender.Client, 0);
        topic.Deliver(Event(2), null, 0);

        Assert.Equal([2], sender.Read().Select(push => push.Argument.GetProperty("seq").GetInt32()));
        Assert.Equal([1, 2], other.Read().Select(push => push.Argument.GetProperty("seq").GetInt32()));
    }

    [Fact]
    public void A_newer_epoch_sends_everybody_back_to_a_snapshot()
    {
        var topic = new Topic(Id);
        var follower = new RecordingConnection(TimeProvider.System);
        topic.Add(follower.Client);
        topic.Start(1, 5, []);

        topic.CheckEpoch(2);
        topic.Start(2, 3, []);
        topic.Deliver(Event(4, epoch: 2), null, 0);

        var pushes = follower.Read();
        Assert.Equal([Push.Resync, Push.Event], pushes.Select(push => push.Target));
        Assert.Equal("epoch", pushes[0].Argument.GetProperty("reason").GetString());
    }

    [Fact]
    public void A_cursor_is_sent_when_it_moves_and_visitors_do_not_learn_whose_it_is()
    {
        var topic = new Topic(Id);
        var visitor = new RecordingConnection(TimeProvider.System, isOperator: false);
        topic.Add(visitor.Client);
        topic.Start(1, 9, [new SideCursor(Side.Operator, new OperatorId(Guid.NewGuid()), 3, 3)]);
        var cursor = new SideCursor(Side.Operator, new OperatorId(Guid.NewGuid()), 5, 4);

        topic.MoveCursors([cursor]);
        topic.MoveCursors([cursor]);

        var (target, argument) = Assert.Single(visitor.Read());
        Assert.Equal(Push.Cursor, target);
        Assert.False(argument.TryGetProperty("operatorId", out _));
        Assert.Equal(5, argument.GetProperty("deliveredSeq").GetInt32());
    }

    private static EncodedEvent Event(int seq, EventType type = EventType.Message, int epoch = 1) =>
        EncodedEvent.Of(
            Inbox,
            new ChatEvent
            {
                ConversationId = Id,
                Epoch = epoch,
                Seq = seq,
                Type = type,
                Actor = Actor.System,
                At = DateTimeOffset.UnixEpoch,
                Data = new EventData { Body = $"text {seq}" },
                Audience = Projection.AudienceOf(type),
            }
        );
}
