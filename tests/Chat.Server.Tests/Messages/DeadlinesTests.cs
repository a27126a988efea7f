using Chat.Contracts;
using Chat.Server.Messages;
using Chat.Server.Storage;
using Microsoft.Extensions.Time.Testing;

namespace Chat.Server.Tests.Messages;

public sealed class DeadlinesTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(Limits.SendTimeoutMs);

    private readonly FakeTimeProvider _time = new();
    private readonly Deadlines _deadlines = new();

    [Fact]
    public async Task Who_has_waited_long_enough_is_answered_and_who_came_later_waits_on()
    {
        var early = Take();
        _time.Advance(Patience / 2);
        var late = Take();
        _time.Advance(Patience / 2 + TimeSpan.FromMilliseconds(1));

        _deadlines.Expire(_time);

        Assert.Equal(ErrorCode.Unavailable, (await early.Done).Refusal);
        Assert.False(late.Done.IsCompleted);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task What_was_answered_holds_up_no_other(int answered)
    {
        LaneItem[] items = [Take(), Take(), Take()];
        items[answered].Refuse(ErrorCode.Conflict);
        _time.Advance(Patience * 2);

        _deadlines.Expire(_time);

        for (var i = 0; i < items.Length; i++)
            Assert.Equal(i == answered ? ErrorCode.Conflict : ErrorCode.Unavailable, (await items[i].Done).Refusal);
    }

    [Fact]
    public async Task The_end_answers_all()
    {
        LaneItem[] items = [Take(), Take()];

        _deadlines.End();

        foreach (var item in items)
            Assert.Equal(ErrorCode.Unavailable, (await item.Done).Refusal);
    }

    private LaneItem Take()
    {
        var message = new MessageAppend(
            new ConversationId(Guid.NewGuid()),
            Guid.NewGuid(),
            EventType.Message,
            new Actor(ActorKind.Visitor, Guid.NewGuid()),
            "Hello",
            null,
            null,
            1
        );
        var item = LaneItem.Of(message, null, _time.GetTimestamp());
        item.Deadlines = _deadlines;
        _deadlines.Add(item);
        return item;
    }
}
